using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;

namespace Anneal.Tests.Engine.Kernels;

public unsafe class SimdMathTests
{
    [Fact]
    public void Exp_is_within_2e_7_of_the_exact_value_and_right_at_the_ends()
    {
        float[] at = Values(-87f, 88.7f);
        WorstRelativeError(at, Apply(new ExpBody(), at), Math.Exp).ShouldBeLessThan(2e-7);
        Apply(new ExpBody(), [float.NegativeInfinity, -1000f, 0f, 1000f, float.PositiveInfinity])
            .ShouldBe([0f, 0f, 1f, float.PositiveInfinity, float.PositiveInfinity]);
        Apply(new ExpBody(), [float.NaN])[0].ShouldBe(float.NaN);
        Apply(new ExpBody(), [-95f])[0].ShouldBe((float)Math.Exp(-95), 1e-44f, "denormal");
    }

    [Fact]
    public void Tanh_is_within_3e_7_of_the_exact_value()
    {
        float[] at = Values(-12f, 12f);
        WorstRelativeError(at, Apply(new TanhBody(), at), Math.Tanh).ShouldBeLessThan(3e-7);
        Apply(new TanhBody(), [float.NegativeInfinity, -100f, 0f, 100f, float.PositiveInfinity]).ShouldBe([-1f, -1f, 0f, 1f, 1f]);
    }

    [Fact]
    public void Sigmoid_is_within_3e_7_of_the_exact_value()
    {
        float[] at = Values(-80f, 80f);
        WorstRelativeError(at, Apply(new SigmoidBody(), at), x => 1 / (1 + Math.Exp(-x))).ShouldBeLessThan(3e-7);
        Apply(new SigmoidBody(), [float.NegativeInfinity, float.PositiveInfinity]).ShouldBe([0f, 1f]);
    }

    [Fact]
    public void Remainders_have_the_bits_of_whole_vectors()
    {
        float[] at = Values(-5f, 5f);
        float[] whole = Apply(new TanhBody(), at);
        for (int i = 0; i < at.Length; i += 501) Apply(new TanhBody(), [at[i]])[0].ShouldBe(whole[i]);
    }

    private static float[] Values(float from, float to) => [.. Enumerable.Range(0, 20_003).Select(i => from + (to - from) * i / 20_002f)];

    private static double WorstRelativeError(float[] at, float[] values, Func<double, double> exact) =>
        at.Zip(values, (x, y) => x == 0 ? Math.Abs(y - exact(x)) : Math.Abs(y - exact(x)) / Math.Abs(exact(x))).Max();

    private static float[] Apply<TBody>(TBody body, float[] x)
        where TBody : unmanaged, IBody
    {
        float[] y = new float[x.Length];
        fixed (float* source = x, destination = y)
        {
            body.Source = source;
            body.Destination = destination;
            Loops.For(body, x.Length);
        }

        return y;
    }

    private interface IBody : ILoopBody
    {
        float* Source { set; }

        float* Destination { set; }
    }

    private struct ExpBody : IBody
    {
        public float* Source { get; set; }

        public float* Destination { get; set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => SimdMath.Exp(TV.Load(Source + i)).Store(Destination + i);
    }

    private struct TanhBody : IBody
    {
        public float* Source { get; set; }

        public float* Destination { get; set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => SimdMath.Tanh(TV.Load(Source + i)).Store(Destination + i);
    }

    private struct SigmoidBody : IBody
    {
        public float* Source { get; set; }

        public float* Destination { get; set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => SimdMath.Sigmoid(TV.Load(Source + i)).Store(Destination + i);
    }
}
