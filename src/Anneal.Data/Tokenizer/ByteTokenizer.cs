namespace Anneal.Data.Tokenizer;

/// <summary>One token a byte, and end-of-text: 257 ids.</summary>
public sealed class ByteTokenizer : Tokenizer
{
    internal static readonly byte[] AllBytes = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];

    /// <inheritdoc/>
    public override int Vocab => 257;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Bytes(int id) => id < 256 ? AllBytes.AsSpan(id, 1) : [];

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> text, List<int> ids)
    {
        foreach (var b in text)
            ids.Add(b);
    }
}
