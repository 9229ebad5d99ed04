using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;

namespace Anneal.Tests.Engine.Kernels;

public unsafe class LoopsTests
{
    [Fact]
    public void A_body_sees_every_place_of_every_length_and_nothing_else()
    {
        for (int length = 0; length <= 256; length++)
        {
            using GuardedBuffer x = new(length, 1), y = new(length, 2), before = new(length, 2);
            Loops.For(new Axpy(0.5f, x.Pointer, y.Pointer), length);
            for (int i = 0; i < length; i++) y.Span[i].ShouldBe((float)(0.5 * x.Span[i] + before.Span[i]), 1e-7f);
            x.GuardsShouldBeUntouched();
            y.GuardsShouldBeUntouched();
        }
    }

    [Fact]
    public void Sums_and_maxima_are_right_at_every_length()
    {
        for (int length = 0; length <= 256; length++)
        {
            using var x = new GuardedBuffer(length, length);
            float[] values = x.Span.ToArray();
            Loops.Sum(new Square(x.Pointer), length).ShouldBe((float)values.Sum(v => (double)v * v), 1e-6f * (length + 1));
            Loops.Max(new Square(x.Pointer), length).ShouldBe(length == 0 ? float.NegativeInfinity : values.Max(v => v * v));
        }
    }

    [Theory]
    [InlineData(100_003)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    public void A_team_gives_the_bits_of_one_thread(int length)
    {
        using ThreadTeam one = new(1), three = new(3);
        using GuardedBuffer x = new(length, 1), y = new(length, 2), z = new(length, 2);
        Loops.For(new Axpy(0.3f, x.Pointer, y.Pointer), length, one);
        Loops.For(new Axpy(0.3f, x.Pointer, z.Pointer), length, three);
        y.Span.SequenceEqual(z.Span).ShouldBeTrue();
        z.GuardsShouldBeUntouched();
    }

    [Fact]
    public void The_machine_has_a_peak_and_a_bandwidth()
    {
        MachinePeak.FlopsPerSecond(0.01).ShouldBeGreaterThan(1e8);
        MachinePeak.BytesPerSecond(16).ShouldBeGreaterThan(1e8);
    }

    private readonly struct Axpy(float a, float* x, float* y) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Fma(TV.Broadcast(a), TV.Load(x + i), TV.Load(y + i)).Store(y + i);
    }

    private readonly struct Square(float* x) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Load(x + i) * TV.Load(x + i);
    }
}
