using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>The body of an element-wise loop: an unmanaged struct with its pointers and scalars.</summary>
public interface ILoopBody
{
    /// <summary>Does places i to i + TV.Width - 1: load, compute, store. Mark it <c>AggressiveInlining</c>.</summary>
    void At<TV>(long i)
        where TV : unmanaged, ISimd<TV>;
}

/// <summary>The terms of a reduction: an unmanaged struct with its pointers and scalars.</summary>
public interface ILoopTerm
{
    /// <summary>The terms i to i + TV.Width - 1. Mark it <c>AggressiveInlining</c>.</summary>
    TV At<TV>(long i)
        where TV : unmanaged, ISimd<TV>;
}

/// <summary>
/// Loop skeletons, once for all formulas: whole vectors first, the remainder one by one with the same formula.
/// </summary>
/// <example>
/// <code>
/// internal readonly unsafe struct Axpy(float a, float* x, float* y) : ILoopBody
/// {
///     [MethodImpl(AggressiveInlining)]
///     public void At&lt;TV&gt;(long i) where TV : unmanaged, ISimd&lt;TV&gt; =>
///         TV.Fma(TV.Broadcast(a), TV.Load(x + i), TV.Load(y + i)).Store(y + i);
/// }
/// Loops.For(new Axpy(2f, x, y), length);
/// </code>
/// </example>
public static unsafe class Loops
{
    // Elements of one thread's share; fixed, so that the result cannot depend on the number of threads.
    private const long Share = 16 * 1024;

    /// <summary>Runs the body for 0 to length - 1.</summary>
    public static void For<TBody>(TBody body, long length)
        where TBody : unmanaged, ILoopBody => Range(body, 0, length);

    /// <summary>Runs the body for 0 to length - 1 on a team, in shares of fixed size.</summary>
    public static void For<TBody>(TBody body, long length, ThreadTeam team)
        where TBody : unmanaged, ILoopBody
    {
        if (team.Threads == 1 || length <= Share)
        {
            Range(body, 0, length);
            return;
        }

        var job = new ForJob<TBody>(body, length);
        team.Run((int)((length + Share - 1) / Share), ref job);
    }

    /// <summary>Sum of the terms 0 to length - 1, in an order that depends on the length and the vector width only.</summary>
    public static float Sum<TTerm>(TTerm term, long length)
        where TTerm : unmanaged, ILoopTerm =>
        Simd.Level switch
        {
            SimdLevel.Vector512 => SumOf<TTerm, V512>(term, length),
            SimdLevel.Vector256 => SumOf<TTerm, V256>(term, length),
            SimdLevel.Vector128 => SumOf<TTerm, V128>(term, length),
            _ => SumOf<TTerm, V1>(term, length),
        };

    /// <summary>Largest of the terms 0 to length - 1; negative infinity when there are none. NaN terms may be passed over.</summary>
    public static float Max<TTerm>(TTerm term, long length)
        where TTerm : unmanaged, ILoopTerm =>
        Simd.Level switch
        {
            SimdLevel.Vector512 => MaxOf<TTerm, V512>(term, length),
            SimdLevel.Vector256 => MaxOf<TTerm, V256>(term, length),
            SimdLevel.Vector128 => MaxOf<TTerm, V128>(term, length),
            _ => MaxOf<TTerm, V1>(term, length),
        };

    private static void Range<TBody>(TBody body, long from, long to)
        where TBody : unmanaged, ILoopBody
    {
        switch (Simd.Level)
        {
            case SimdLevel.Vector512: Range<TBody, V512>(body, from, to); break;
            case SimdLevel.Vector256: Range<TBody, V256>(body, from, to); break;
            case SimdLevel.Vector128: Range<TBody, V128>(body, from, to); break;
            default: Range<TBody, V1>(body, from, to); break;
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private static void Range<TBody, TV>(TBody body, long from, long to)
        where TBody : unmanaged, ILoopBody
        where TV : unmanaged, ISimd<TV>
    {
        long i = from;
        for (; i <= to - TV.Width; i += TV.Width) body.At<TV>(i);
        for (; i < to; i++) body.At<V1>(i);
    }

    [MethodImpl(AggressiveOptimization)]
    private static float SumOf<TTerm, TV>(TTerm term, long length)
        where TTerm : unmanaged, ILoopTerm
        where TV : unmanaged, ISimd<TV>
    {
        // Two chains hide the latency of the addition.
        TV even = TV.Zero, odd = TV.Zero;
        long i = 0;
        for (; i <= length - 2 * TV.Width; i += 2 * TV.Width)
        {
            even += term.At<TV>(i);
            odd += term.At<TV>(i + TV.Width);
        }

        if (i <= length - TV.Width)
        {
            even += term.At<TV>(i);
            i += TV.Width;
        }

        float sum = TV.Sum(even + odd);
        for (; i < length; i++) sum += V1.Sum(term.At<V1>(i));
        return sum;
    }

    [MethodImpl(AggressiveOptimization)]
    private static float MaxOf<TTerm, TV>(TTerm term, long length)
        where TTerm : unmanaged, ILoopTerm
        where TV : unmanaged, ISimd<TV>
    {
        TV max = TV.Broadcast(float.NegativeInfinity);
        long i = 0;
        for (; i <= length - TV.Width; i += TV.Width) max = TV.Max(max, term.At<TV>(i));
        float largest = TV.MaxOf(max);
        for (; i < length; i++) largest = MathF.Max(largest, V1.Sum(term.At<V1>(i)));
        return largest;
    }

    private readonly struct ForJob<TBody>(TBody body, long length) : IParallelJob
        where TBody : unmanaged, ILoopBody
    {
        public void Part(int part, int worker) => Range(body, part * Share, Math.Min(length, (part + 1) * Share));
    }
}
