using Anneal.Engine.Kernels;

namespace Anneal.Benchmarks.Engine;

/// <summary>Speed of the engine against what the machine can do, measured in the same run.</summary>
internal static class EngineSuite
{
    public static IEnumerable<BenchmarkRow> Run(string[] arguments)
    {
        double peak = MachinePeak.FlopsPerSecond(0.5);
        yield return BenchmarkRow.Of("FMA peak, one core", peak / 1e9, "GFLOP/s", $"independent fused multiply-adds, {Simd.Level}, best millisecond of 0.5 s");
        yield return BenchmarkRow.Of("memory read, one core", MachinePeak.BytesPerSecond() / 1e9, "GB/s", "sum over 128 MB, best of 4");
        foreach (BenchmarkRow row in MatMulRows.Measure(peak)) yield return row;
        foreach (BenchmarkRow row in TrainingRows.Measure(peak)) yield return row;
    }
}
