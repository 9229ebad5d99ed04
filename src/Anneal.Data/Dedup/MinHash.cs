using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Anneal.Data.Dedup;

/// <summary>
/// Signatures whose share of equal lanes estimates the Jaccard similarity of two shingle sets (Broder 1997). With 112 lanes
/// the standard error is 0.04 at a similarity of 0.8.
/// </summary>
internal static class MinHash
{
    /// <summary>Hash functions, thus 32-bit lanes of a signature.</summary>
    public const int Lanes = 112;

    private static readonly uint[] Xor = Constants(0x243F6A8885A308D3);
    private static readonly uint[] Multiply = [.. Constants(0x13198A2E03707344).Select(m => m | 1)];

    /// <summary>The least value of each hash function over the shingles.</summary>
    /// <param name="shingles">Shingle hashes, repeats allowed.</param>
    /// <param name="signature">112 lanes, overwritten.</param>
    public static void Sign(ReadOnlySpan<uint> shingles, Span<uint> signature)
    {
        signature.Fill(uint.MaxValue);
        var lanes = MemoryMarshal.Cast<uint, Vector256<uint>>(signature);
        var xor = MemoryMarshal.Cast<uint, Vector256<uint>>(Xor.AsSpan());
        var multiply = MemoryMarshal.Cast<uint, Vector256<uint>>(Multiply.AsSpan());
        foreach (var shingle in shingles)
        {
            var x = Vector256.Create(shingle);
            for (var i = 0; i < lanes.Length; i++)
                lanes[i] = Vector256.Min(lanes[i], (x ^ xor[i]) * multiply[i]);
        }
    }

    /// <summary>Estimated Jaccard similarity, 0 to 1.</summary>
    public static double Similarity(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b)
    {
        var equal = 0;
        for (var i = 0; i < Lanes; i++)
            if (a[i] == b[i])
                equal++;
        return (double)equal / Lanes;
    }

    private static uint[] Constants(ulong seed)
    {
        var constants = new uint[Lanes];
        foreach (ref var constant in constants.AsSpan())
        {
            // splitmix64
            var z = seed += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            constant = (uint)(z >> 32);
        }
        return constants;
    }
}
