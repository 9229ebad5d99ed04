using Anneal.Lab;

namespace Anneal.Benchmarks.Evidence;

/// <summary>Does the gate keep its word on real noise? <c>evidence --measure</c> makes the null pairs first.</summary>
internal static class EvidenceSuite
{
    /// <summary>Of 1,000 campaigns; 38 or fewer show a rate below 5% with 95% confidence.</summary>
    private const int MostFalse = 38;

    public static IEnumerable<BenchmarkRow> Run(string[] arguments)
    {
        if (arguments.Contains("--measure")) NullPairs.Measure(Environment.ProcessorCount);
        var pairs = NullPairs.Read();
        if (pairs.Count < 200)
        {
            yield return BenchmarkRow.Skipped("campaigns with any false accept, of 1,000", "", $"{NullPairs.Path} holds {pairs.Count} real null pairs, 200 are needed; run `evidence --measure` first");
            yield break;
        }

        foreach (var row in Report(new NullNoise(pairs.Select(p => p.Difference)), pairs.Average(p => p.First))) yield return row;
    }

    /// <summary>All rows on a given noise.</summary>
    /// <param name="noise">Null differences.</param>
    /// <param name="level">Objective of the runs that they come from.</param>
    internal static IEnumerable<BenchmarkRow> Report(NullNoise noise, double level)
    {
        var spec = new AcceptanceSpec();
        var random = new Random(20_260);
        yield return BenchmarkRow.Of("null pair sigma", 100 * noise.Sigma / level, "% of bpb", $"baseline against another initialisation, same data order; kurtosis {noise.Kurtosis:F1} (normal: 3)");

        var gated = NullCampaigns.Gated(noise, spec, random);
        string campaigns = $"{NullCampaigns.Campaigns} campaigns of {NullCampaigns.Experiments} null experiments, up to {spec.MaxPairs} real null pairs each";
        yield return BenchmarkRow.AtMost("campaigns with any false accept, of 1,000", gated.Campaigns, "", MostFalse, campaigns);
        var greedy = NullCampaigns.Greedy(noise, random);
        yield return BenchmarkRow.Of("the same, greedy single-run acceptance", greedy.Campaigns, "", $"keep whatever beats the incumbent once; {(double)greedy.Changes / NullCampaigns.Campaigns:F1} false keeps a campaign");

        foreach (double sigmas in (double[])[0.5, 1, 1.5, 2, 3, 4])
        {
            foreach (int test in (int[])[1, 5, 10])
            {
                var planted = PlantedEffect.Measure(sigmas, test, noise, spec, random);
                string name = $"effect {sigmas} sigma, confirmation {test}";
                string how = $"2,000 experiments, nothing accepted before; bias {planted.BiasConfirmed:+0.00;-0.00} sigma over the confirmed, {planted.BiasAll:+0.00;-0.00} over all; interval holds the truth in {planted.Coverage:P1}";
                yield return BenchmarkRow.Of($"{name}: power", 100 * planted.Power, "%", how);
                yield return BenchmarkRow.Of($"{name}: pairs", planted.Pairs, "pairs", how);
            }

            var first = PlantedEffect.Measure(sigmas, 1, noise, spec, random);
            yield return BenchmarkRow.Of($"effect {sigmas} sigma: bias of a confirmed effect", first.BiasConfirmed, "sigma", "confirmation 1");
            yield return BenchmarkRow.AtLeast($"effect {sigmas} sigma: interval holds the truth", 100 * first.Coverage, "%", 95, "at the stopping time, confirmation 1");
        }

        foreach (double sigmas in (double[])[-2, 0, 1, 2, 3, 4, 6])
        {
            var screened = ScreeningErrors.Measure(sigmas, predicted: 1, noise, random);
            yield return BenchmarkRow.Of($"effect {sigmas} sigma: promoted by screening", 100 * screened.Promoted, "%", $"rungs 0.25 and 0.5, predicted 1 sigma, slope sd 0.3 per halving; {screened.Compute:F2} full runs each");
        }
    }
}
