namespace Anneal.Data.Tokenizer;

/// <summary>
/// Text bytes to token ids and back, exact on any bytes. Ids 0 to 255 are the bytes, then come the merges in the order they
/// were learned, and the last id is end-of-text, which stands for no bytes and is never produced by encoding.
/// </summary>
public abstract class Tokenizer
{
    private int[]? _bytesPerToken;

    /// <summary>Number of ids, end-of-text included.</summary>
    public abstract int Vocab { get; }

    /// <summary>The end-of-text token, the last id.</summary>
    public int EndOfText => Vocab - 1;

    /// <summary>Bytes that each id stands for, by id; 0 for end-of-text.</summary>
    public ReadOnlySpan<int> BytesPerToken => _bytesPerToken ??= [.. Enumerable.Range(0, Vocab).Select(id => Bytes(id).Length)];

    /// <summary>The bytes that an id stands for; empty for end-of-text.</summary>
    public abstract ReadOnlySpan<byte> Bytes(int id);

    /// <summary>The ids of a text, without end-of-text; decoding them gives the same bytes, whatever they are.</summary>
    public int[] Encode(ReadOnlySpan<byte> text)
    {
        var ids = new List<int>(text.Length / 2 + 1);
        Encode(text, ids);
        return [.. ids];
    }

    /// <summary>Appends the ids of a text to a list.</summary>
    public abstract void Encode(ReadOnlySpan<byte> text, List<int> ids);

    /// <summary>The bytes of a sequence of ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative or not below <see cref="Vocab"/>.</exception>
    public byte[] Decode(ReadOnlySpan<int> ids)
    {
        var length = 0L;
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)Vocab)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"token id {id} is outside the vocabulary of {Vocab}");
            length += Bytes(id).Length;
        }
        var text = new byte[length];
        var at = text.AsSpan();
        foreach (var id in ids)
        {
            var bytes = Bytes(id);
            bytes.CopyTo(at);
            at = at[bytes.Length..];
        }
        return text;
    }

    /// <summary>Reads a tokenizer from the file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="CorpusException">The file is damaged, or is no tokenizer of this program.</exception>
    public static Tokenizer Load(string path) => TokenizerFile.Load(path);

    /// <summary>Writes <c>tokenizer.json</c>, in the layout of Hugging Face's tokenizers.</summary>
    public void Save(string path) => TokenizerFile.Save(this, path);
}
