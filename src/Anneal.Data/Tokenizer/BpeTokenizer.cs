namespace Anneal.Data.Tokenizer;

/// <summary>
/// Byte-level byte-pair encoding: text is cut into words, and within a word the earliest learned pair merges first. Not safe
/// for two threads at once: it remembers the words that it has encoded.
/// </summary>
public sealed class BpeTokenizer : Tokenizer
{
    private const int RememberedWords = 1 << 18;
    private const int LongestRemembered = 64;

    private readonly byte[][] _bytes;
    private readonly Dictionary<(int Left, int Right), int> _merged;
    private readonly Dictionary<byte[], int[]> _words = new(ByteSpanComparer.Instance);

    /// <summary>Builds the tokenizer of a list of merges.</summary>
    /// <param name="merges">Pairs of ids in the order learned; the i-th makes id 256 + i of two smaller ids.</param>
    /// <param name="digits">Longest digit group in one word, 1 to 3.</param>
    internal BpeTokenizer(IReadOnlyList<(int Left, int Right)> merges, int digits)
    {
        Merges = merges;
        Digits = digits;
        _bytes = new byte[256 + merges.Count + 1][];
        for (var b = 0; b < 256; b++)
            _bytes[b] = [(byte)b];
        _merged = new Dictionary<(int, int), int>(merges.Count);
        for (var i = 0; i < merges.Count; i++)
        {
            var (left, right) = merges[i];
            if (left < 0 || right < 0 || left >= 256 + i || right >= 256 + i)
                throw new FormatException($"merge {i} joins {left} and {right}, expected ids below {256 + i}");
            _bytes[256 + i] = [.. _bytes[left], .. _bytes[right]];
            _merged.Add(merges[i], 256 + i);
        }
        _bytes[^1] = [];
    }

    /// <inheritdoc/>
    public override int Vocab => _bytes.Length;

    internal IReadOnlyList<(int Left, int Right)> Merges { get; }

    internal int Digits { get; }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Bytes(int id) => _bytes[id];

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> text, List<int> ids)
    {
        var remembered = _words.GetAlternateLookup<ReadOnlySpan<byte>>();
        while (text.Length > 0)
        {
            var word = text[..WordSplit.Next(text, Digits)];
            text = text[word.Length..];
            if (word.Length == 1)
                ids.Add(word[0]);
            else if (remembered.TryGetValue(word, out var known))
                ids.AddRange(known);
            else
                ids.AddRange(Remember(word));
        }
    }

    private int[] Remember(ReadOnlySpan<byte> word)
    {
        var tokens = WordMerge.Encode(word, _merged);
        if (word.Length <= LongestRemembered)
        {
            if (_words.Count >= RememberedWords)
                _words.Clear();
            _words.Add(word.ToArray(), tokens);
        }
        return tokens;
    }
}
