using System.Diagnostics;
using Anneal.Engine.Kernels;
using Anneal.Engine.Tensors;

namespace Anneal.Benchmarks.Engine;

/// <summary>Square matrix products against the peak of one core, and two cores against one.</summary>
internal static unsafe class MatMulRows
{
    private static readonly int[] Sizes = [384, 768, 1152, 1536, 2304];

    private enum Product
    {
        NN,
        NT,
        TN,
    }

    public static IEnumerable<BenchmarkRow> Measure(double peak)
    {
        using ThreadTeam one = new(1), two = new(2);
        foreach (int n in Sizes)
        {
            using NativeBuffer a = Random(n, 1), b = Random(n, 2), c = new((long)n * n);
            foreach (Product product in Enum.GetValues<Product>())
            {
                double flops = 2.0 * n * n * n / Best(() => Run(product, a, b, c, n, one), n);
                yield return BenchmarkRow.AtLeast(
                    $"matmul {product} n={n}, one core", flops / peak, "of the FMA peak", 0.75, $"{flops / 1e9:F0} GFLOP/s, best of {Repetitions(n)}");
            }

            if (Environment.ProcessorCount < 2)
            {
                yield return BenchmarkRow.Skipped($"matmul NN n={n}, two cores", "x one core", "one processor only");
                continue;
            }

            // Interleaved, so that both see the same clock and the same neighbours.
            double alone = double.MaxValue, together = double.MaxValue;
            for (int i = 0; i < Repetitions(n); i++)
            {
                alone = Math.Min(alone, Time(() => Run(Product.NN, a, b, c, n, one)));
                together = Math.Min(together, Time(() => Run(Product.NN, a, b, c, n, two)));
            }

            yield return BenchmarkRow.AtLeast($"matmul NN n={n}, two cores", alone / together, "x one core", 1.8, $"best of {Repetitions(n)} each, interleaved");
        }
    }

    private static int Repetitions(int n) => Math.Clamp((int)(4e11 / (2.0 * n * n * n)), 5, 100);

    private static void Run(Product product, NativeBuffer a, NativeBuffer b, NativeBuffer c, int n, ThreadTeam team)
    {
        switch (product)
        {
            case Product.NN: MatMul.NN(a.Pointer, n, b.Pointer, n, c.Pointer, n, n, n, n, accumulate: false, team); break;
            case Product.NT: MatMul.NT(a.Pointer, n, b.Pointer, n, c.Pointer, n, n, n, n, accumulate: false, team); break;
            default: MatMul.TN(a.Pointer, n, b.Pointer, n, c.Pointer, n, n, n, n, accumulate: false, team); break;
        }
    }

    private static double Best(Action action, int n)
    {
        double best = double.MaxValue;
        for (int i = 0; i < Repetitions(n); i++) best = Math.Min(best, Time(action));
        return best;
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static NativeBuffer Random(int n, int seed)
    {
        var buffer = new NativeBuffer((long)n * n);
        var random = new Random(seed);
        foreach (ref float x in buffer.Span) x = random.NextSingle() - 0.5f;
        return buffer;
    }
}
