using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Custom;

/// <summary>Vectorised loops over spans for proposals' code: plain C# loops are right too, and several times slower.</summary>
public static unsafe class VectorMath
{
    /// <summary>x becomes softmax(x).</summary>
    /// <returns>log sum exp(x) of what was there.</returns>
    public static float Softmax(Span<float> x)
    {
        if (x.IsEmpty) return float.NegativeInfinity;
        fixed (float* p = x)
        {
            var max = Loops.Max(new Itself(p), x.Length);
            var sum = Loops.Sum(new StoreExp(p, max), x.Length);
            Loops.For(new Affine(p, p, 1 / sum), x.Length);
            return max + MathF.Log(sum);
        }
    }

    /// <summary>Sum of x.</summary>
    public static float Sum(ReadOnlySpan<float> x)
    {
        fixed (float* p = x) return Loops.Sum(new Itself(p), x.Length);
    }

    /// <summary>Sum of x y.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Same(x.Length, y.Length);
        fixed (float* p = x, q = y) return Loops.Sum(new Products(p, q), x.Length);
    }

    /// <summary>x becomes factor * x.</summary>
    public static void Scale(Span<float> x, float factor)
    {
        fixed (float* p = x) Loops.For(new Affine(p, p, factor), x.Length);
    }

    /// <summary>y becomes y + factor * x.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float factor)
    {
        Same(x.Length, y.Length);
        fixed (float* p = x, q = y) Loops.For(new Mixed(q, 1, p, factor), x.Length);
    }

    /// <summary>y becomes keep * y + factor * x: a moving mean with keep = beta, factor = 1 - beta.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Blend(Span<float> y, float keep, ReadOnlySpan<float> x, float factor)
    {
        Same(x.Length, y.Length);
        fixed (float* p = x, q = y) Loops.For(new Mixed(q, keep, p, factor), x.Length);
    }

    /// <summary>target [columns, rows] = source [rows, columns] transposed.</summary>
    /// <exception cref="ArgumentException">A span has another length, or the two overlap.</exception>
    public static void Transpose(ReadOnlySpan<float> source, Span<float> target, int rows, int columns)
    {
        if (rows < 0 || columns < 0 || source.Length != (long)rows * columns || target.Length != source.Length)
            throw new ArgumentException($"Transpose: source and target hold {source.Length} and {target.Length} floats; expected {rows} x {columns}.");
        if (source.Overlaps(target)) throw new ArgumentException("Transpose: source and target overlap.");
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                target[j * rows + i] = source[i * columns + j];
    }

    private static void Same(int x, int y)
    {
        if (x != y) throw new ArgumentException($"The spans hold {x} and {y} floats; expected the same length.");
    }

    private readonly struct Itself(float* x) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Load(x + i);
    }

    private readonly struct Products(float* x, float* y) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Load(x + i) * TV.Load(y + i);
    }

    /// <summary>The terms exp(x - max), left in x.</summary>
    private readonly struct StoreExp(float* x, float max) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var e = SimdMath.Exp(TV.Load(x + i) - TV.Broadcast(max));
            e.Store(x + i);
            return e;
        }
    }

    private readonly struct Affine(float* x, float* y, float factor) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => (TV.Load(x + i) * TV.Broadcast(factor)).Store(y + i);
    }

    /// <summary>y = keep y + factor x.</summary>
    private readonly struct Mixed(float* y, float keep, float* x, float factor) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Fma(TV.Load(x + i), TV.Broadcast(factor), TV.Load(y + i) * TV.Broadcast(keep)).Store(y + i);
    }
}
