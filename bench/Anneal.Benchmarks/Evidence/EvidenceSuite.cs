namespace Anneal.Benchmarks.Evidence;

/// <summary>Does the gate keep its word on real noise? <c>evidence --measure</c> makes the null pairs first.</summary>
internal static class EvidenceSuite
{
    public static IEnumerable<BenchmarkRow> Run(string[] arguments)
    {
        if (arguments.Contains("--measure")) NullPairs.Measure(Environment.ProcessorCount);
        var pairs = NullPairs.Read();
        if (pairs.Count < 200)
        {
            yield return BenchmarkRow.Skipped("campaigns with any false accept, of 1,000", "", $"{NullPairs.Path} holds {pairs.Count} real null pairs, 200 are needed; run `evidence --measure` first");
            yield break;
        }
    }
}
