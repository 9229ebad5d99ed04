using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>Reductions over one row, inlined into row kernels.</summary>
internal static unsafe class RowMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum<TV>(float* x, int length)
        where TV : unmanaged, ISimd<TV>
    {
        var sum = TV.Zero;
        var j = 0;
        for (; j <= length - TV.Width; j += TV.Width) sum += TV.Load(x + j);
        var total = TV.Sum(sum);
        for (; j < length; j++) total += x[j];
        return total;
    }

    /// <summary>Sum of (x - center)^2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumOfSquares<TV>(float* x, float center, int length)
        where TV : unmanaged, ISimd<TV>
    {
        var sum = TV.Zero;
        var j = 0;
        for (; j <= length - TV.Width; j += TV.Width)
        {
            var d = TV.Load(x + j) - TV.Broadcast(center);
            sum = TV.Fma(d, d, sum);
        }

        var total = TV.Sum(sum);
        for (; j < length; j++) total += (x[j] - center) * (x[j] - center);
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot<TV>(float* x, float* y, int length)
        where TV : unmanaged, ISimd<TV>
    {
        var sum = TV.Zero;
        var j = 0;
        for (; j <= length - TV.Width; j += TV.Width) sum = TV.Fma(TV.Load(x + j), TV.Load(y + j), sum);
        var total = TV.Sum(sum);
        for (; j < length; j++) total += x[j] * y[j];
        return total;
    }
}
