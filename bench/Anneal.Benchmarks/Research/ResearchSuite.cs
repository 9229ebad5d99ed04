namespace Anneal.Benchmarks.Research;

/// <summary>Does the embedded search find good recipes with less compute? <c>research --measure</c> makes the real runs first.</summary>
internal static class ResearchSuite
{
    public static IEnumerable<BenchmarkRow> Run(string[] arguments)
    {
        if (arguments.Contains("--measure")) SurfaceRuns.Measure(Environment.ProcessorCount);
        var rows = SurfaceRuns.Read();
        if (rows.Count < SurfaceRuns.Wanted)
        {
            yield return BenchmarkRow.Skipped("compute to target", "", $"{SurfaceRuns.Path} holds {rows.Count} real runs of {SurfaceRuns.Wanted}; run `research --measure` first");
            yield break;
        }
    }
}
