using System.Diagnostics;
using System.Runtime.CompilerServices;
using Anneal.Engine.Tensors;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>What this machine can do at best, measured.</summary>
public static unsafe class MachinePeak
{
    /// <summary>Floating-point operations a second of one core: independent fused multiply-adds at <see cref="Simd.Level"/>, two operations each.</summary>
    /// <param name="seconds">How long to measure; the best slice of about a millisecond counts.</param>
    public static double FlopsPerSecond(double seconds = 0.05)
    {
        var loop = new FmaLoop(20_000);
        double best = 0;
        long start = Stopwatch.GetTimestamp();
        do
        {
            long from = Stopwatch.GetTimestamp();
            Simd.Run(ref loop);
            best = Math.Max(best, loop.Flops / Stopwatch.GetElapsedTime(from).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return best;
    }

    /// <summary>Bytes a second that one core reads from memory, far beyond the caches.</summary>
    /// <param name="megabytes">Size of the block that is read.</param>
    public static double BytesPerSecond(int megabytes = 128)
    {
        using var block = new NativeBuffer(megabytes * 1024L * 256);
        block.Span.Fill(1f);
        double best = 0;
        for (int pass = 0; pass < 4; pass++)
        {
            long from = Stopwatch.GetTimestamp();
            if (Loops.Sum(new Values(block.Pointer), block.Length) < 0) throw new UnreachableException();
            best = Math.Max(best, block.Length * sizeof(float) / Stopwatch.GetElapsedTime(from).TotalSeconds);
        }

        return best;
    }

    private readonly struct Values(float* x) : ILoopTerm
    {
        [MethodImpl(AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Load(x + i);
    }

    // Twelve chains: more than latency (4 to 5 cycles) times units (2).
    private struct FmaLoop(int rounds) : ISimdKernel
    {
        public double Flops;
        private float sink;

        [MethodImpl(AggressiveOptimization)]
        public void Run<TV>()
            where TV : unmanaged, ISimd<TV>
        {
            TV x = TV.Broadcast(0.999f), y = TV.Broadcast(0.001f);
            TV a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
            for (int round = 0; round < rounds; round++)
            {
                a = TV.Fma(a, x, y);
                b = TV.Fma(b, x, y);
                c = TV.Fma(c, x, y);
                d = TV.Fma(d, x, y);
                e = TV.Fma(e, x, y);
                f = TV.Fma(f, x, y);
                g = TV.Fma(g, x, y);
                h = TV.Fma(h, x, y);
                i = TV.Fma(i, x, y);
                j = TV.Fma(j, x, y);
                k = TV.Fma(k, x, y);
                l = TV.Fma(l, x, y);
            }

            sink = TV.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
            Flops = 2.0 * 12 * TV.Width * rounds;
        }
    }
}
