using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Anneal.Data.Dedup;

/// <summary>Identity of a text up to case and white space.</summary>
internal static class ExactText
{
    /// <summary>128 bits of SHA-256 over the text in lower case, each run of white space as one space, none at the ends.</summary>
    public static UInt128 Hash(ReadOnlySpan<char> text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length + 1);
        var length = 0;
        foreach (var c in text)
            if (!char.IsWhiteSpace(c))
                buffer[length++] = char.ToLowerInvariant(c);
            else if (length > 0 && buffer[length - 1] != ' ')
                buffer[length++] = ' ';
        if (length > 0 && buffer[length - 1] == ' ')
            length--;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(buffer.AsSpan(0, length)), hash);
        ArrayPool<char>.Shared.Return(buffer);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
