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

    /// <summary>
    /// One AdamW step (Loshchilov, Hutter 2017, arXiv 1711.05101), for what an optimizer leaves to it: decoupled decay, moments
    /// corrected for their start at zero.
    /// </summary>
    /// <param name="p">The parameter; its gradient, rate, decay and step.</param>
    /// <param name="mean">State of its shape: moving mean of the gradient.</param>
    /// <param name="square">State of its shape: moving mean of the gradient's square.</param>
    /// <param name="lr">Learning rate; null takes the parameter's.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AdamW(in ParameterUpdate p, Span<float> mean, Span<float> square, double? lr = null)
    {
        Same(p.Value.Length, mean.Length);
        Same(p.Value.Length, square.Length);
        var (first, second) = p.Settings.Betas;
        var rate = lr ?? p.LearningRate;
        fixed (float* value = p.Value, gradient = p.Gradient, m = mean, v = square)
        {
            Loops.For(
                new AdamWStep(
                    value, gradient, m, v, (float)first, (float)second, (float)p.Settings.Eps, (float)(1 - rate * p.WeightDecay),
                    (float)(-rate / (1 - Math.Pow(first, p.Step))), (float)(1 / Math.Sqrt(1 - Math.Pow(second, p.Step)))),
                p.Value.Length);
        }
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

    private readonly struct AdamWStep(
        float* value, float* gradient, float* mean, float* square, float first, float second, float eps, float keep, float rate, float correction) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var g = TV.Load(gradient + i);
            var m = TV.Fma(TV.Load(mean + i), TV.Broadcast(first), g * TV.Broadcast(1 - first));
            var v = TV.Fma(TV.Load(square + i), TV.Broadcast(second), g * g * TV.Broadcast(1 - second));
            m.Store(mean + i);
            v.Store(square + i);
            var step = TV.Broadcast(rate) * m / TV.Fma(TV.Sqrt(v), TV.Broadcast(correction), TV.Broadcast(eps));
            TV.Fma(TV.Load(value + i), TV.Broadcast(keep), step).Store(value + i);
        }
    }

    /// <summary>y = keep y + factor x.</summary>
    private readonly struct Mixed(float* y, float keep, float* x, float factor) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Fma(TV.Load(x + i), TV.Broadcast(factor), TV.Load(y + i) * TV.Broadcast(keep)).Store(y + i);
    }
}
