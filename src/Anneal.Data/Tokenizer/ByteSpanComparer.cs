using System.Runtime.InteropServices;

namespace Anneal.Data.Tokenizer;

/// <summary>Compares byte strings by content, and lets a dictionary be asked with a span. The hash is the same in every process.</summary>
internal sealed class ByteSpanComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteSpanComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

    public byte[] Create(ReadOnlySpan<byte> bytes) => bytes.ToArray();

    public bool Equals(ReadOnlySpan<byte> span, byte[] bytes) => span.SequenceEqual(bytes);

    public int GetHashCode(ReadOnlySpan<byte> bytes)
    {
        const ulong odd = 0x9E3779B97F4A7C15;
        var hash = (ulong)bytes.Length * odd;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = (hash ^ MemoryMarshal.Read<ulong>(bytes)) * odd ^ (hash >> 32);
        var tail = 0UL;
        foreach (var b in bytes)
            tail = tail << 8 | b;
        hash = (hash ^ tail) * odd;
        return (int)(hash >> 32);
    }
}
