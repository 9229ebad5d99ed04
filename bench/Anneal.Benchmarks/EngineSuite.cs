using Anneal.Engine.Kernels;

namespace Anneal.Benchmarks;

/// <summary>Speed of the engine against what the machine can do, measured in the same run.</summary>
internal static class EngineSuite
{
    public static IEnumerable<BenchmarkRow> Run(string[] arguments)
    {
        yield return BenchmarkRow.Of("fma peak, one core", MachinePeak.FlopsPerSecond(0.5) / 1e9, "GFLOP/s", $"independent fused multiply-adds, {Simd.Level}");
        yield return BenchmarkRow.Of("memory read, one core", MachinePeak.BytesPerSecond() / 1e9, "GB/s", "sum over 128 MB");
    }
}
