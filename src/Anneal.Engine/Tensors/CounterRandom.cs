using System.Numerics;

namespace Anneal.Engine.Tensors;

/// <summary>
/// Random numbers as a pure function of (key, counter): no state to save, any element alone, any order.
/// The mixer is SplitMix64's finaliser (Steele, Lea, Flood 2014) with Stafford's constants (variant 13).
/// </summary>
internal static class CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>A key from a seed and a name: FNV-1a over the name's characters, mixed with the seed.</summary>
    public static ulong Key(long seed, string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (var c in name) hash = (hash ^ c) * 0x100000001B3;
        return Mix(hash + Mix((ulong)seed + Golden));
    }

    /// <summary>64 uniform bits.</summary>
    public static ulong Bits(ulong key, ulong counter) => Mix(key ^ Mix(counter * Golden + Golden));

    /// <summary>Uniform in (0, 1), 53 bits, never an end point.</summary>
    public static double Uniform(ulong key, ulong counter) => ((Bits(key, counter) >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>Standard normal number <paramref name="counter"/> of the key (Box-Muller, cosine branch).</summary>
    public static double Gaussian(ulong key, ulong counter)
    {
        var radius = Math.Sqrt(-2 * Math.Log(Uniform(key, 2 * counter)));
        return radius * Math.Cos(2 * Math.PI * Uniform(key, 2 * counter + 1));
    }

    /// <summary>Mixes one more word into a running hash.</summary>
    public static ulong Combine(ulong hash, ulong word) => BitOperations.RotateLeft(Mix(hash ^ word), 27) * 5 + 0x52DCE729;

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
