using System.Numerics;
using System.Runtime.InteropServices;

namespace Anneal.Lab.Research.Search;

/// <summary>Dense double vectors.</summary>
internal static class Vectors
{
    /// <summary>Sum of products; both spans have one length.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var wideA = MemoryMarshal.Cast<double, Vector<double>>(a);
        var wideB = MemoryMarshal.Cast<double, Vector<double>>(b);
        var sum = Vector<double>.Zero;
        for (int i = 0; i < wideA.Length; i++) sum += wideA[i] * wideB[i];
        double total = Vector.Sum(sum);
        for (int i = wideA.Length * Vector<double>.Count; i < a.Length; i++) total += a[i] * b[i];
        return total;
    }
}
