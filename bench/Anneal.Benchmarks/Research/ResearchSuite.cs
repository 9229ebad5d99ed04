namespace Anneal.Benchmarks.Research;

/// <summary>Does the embedded search find good recipes with less compute? <c>research --measure</c> makes the real runs first.</summary>
internal static class ResearchSuite
{
    private const int Searches = 24;

    /// <summary>Share of the gap between the median random configuration and the best known that a search must close; fixed beforehand.</summary>
    private const double TargetShare = 0.8;

    public static IEnumerable<BenchmarkRow> Run(string[] arguments)
    {
        if (arguments.Contains("--measure")) SurfaceRuns.Measure(Environment.ProcessorCount);
        var rows = SurfaceRuns.Read();
        if (rows.Count < SurfaceRuns.Wanted)
        {
            yield return BenchmarkRow.Skipped("compute to target", "", $"{SurfaceRuns.Path} holds {rows.Count} real runs of {SurfaceRuns.Wanted}; run `research --measure` first");
            yield break;
        }

        foreach (var row in Report(new ResponseSurface(rows), rows.Count, Searches)) yield return row;
    }

    internal static IEnumerable<BenchmarkRow> Report(ResponseSurface surface, int runs, int searches)
    {
        yield return BenchmarkRow.Of("surface fit, full budget: held-out R2", surface.HighR2, "", $"five folds over {runs} real runs of 11 knobs; {surface.FailureShare:P0} of configurations fail");
        yield return BenchmarkRow.Of("surface fit, quarter budget: held-out R2", surface.LowR2, "", "the same runs at the screening rung");
        yield return BenchmarkRow.Of("noise of one run, full budget", 100 * surface.HighSd, "% of bpb", $"repeats of good configurations with other seeds; {100 * surface.LowSd:F2}% at the rung");

        var results = new (double Embedded, double Random, double Tpe)[searches];
        Parallel.For(0, searches, i =>
        {
            results[i] = Compare(surface, i);
            Console.Error.WriteLine($"search {i}: embedded {results[i].Embedded:F1}, random {results[i].Random:F1}, TPE {results[i].Tpe:F1} full runs");
        });

        string how = $"median of {searches} searches on blinded, moved surfaces; target {TargetShare:P0} of the gap from the median random configuration to the best known; all runs counted, in full-run units; given up at {SearchCampaign.Cap:F0}";
        yield return BenchmarkRow.Of("compute to target: embedded", Median(results.Select(r => r.Embedded)), "full runs", Reached(results.Select(r => r.Embedded), how));
        yield return BenchmarkRow.Of("compute to target: random", Median(results.Select(r => r.Random)), "full runs", Reached(results.Select(r => r.Random), how));
        yield return BenchmarkRow.Of("compute to target: TPE", Median(results.Select(r => r.Tpe)), "full runs", Reached(results.Select(r => r.Tpe), how));
        foreach (var (name, goal, other) in new (string, double, double[])[] { ("random", 3, [.. results.Select(r => r.Random)]), ("TPE", 1, [.. results.Select(r => r.Tpe)]) })
        {
            double[] embedded = [.. results.Select(r => r.Embedded)];
            var (low, high) = Bootstrap(embedded, other);
            yield return BenchmarkRow.AtLeast($"{name} / embedded, median ratio", Median(other) / Median(embedded), "x", goal, $"95% bootstrap interval {low:F2} to {high:F2}; searches given up count as {SearchCampaign.Cap:F0}");
            yield return BenchmarkRow.AtLeast($"{name} / embedded, lower end of the interval", low, "x", 1, "2.5% point of 10,000 bootstrap ratios, searches resampled in step");
        }

        yield return IdeaReplay.Measure(surface);
    }

    private static (double Embedded, double Random, double Tpe) Compare(ResponseSurface surface, int index)
    {
        var blind = new BlindSurface(surface, 300 + index);
        var (start, target) = Task(blind, 900 + index);
        double sigma = Math.Sqrt(2) * surface.HighSd;
        var tpe = new TpeSearch(blind.Space);
        return (
            Run((seen, champion, random) => EmbeddedSearch.Suggest(blind.Space, sigma, seen, champion, random)),
            Run((_, _, random) => blind.Space.Draw(random, [])),
            Run((seen, _, random) => tpe.Suggest(seen, random)));

        double Run(Searcher searcher)
        {
            var outcome = SearchCampaign.Run(blind.Low, blind.High, blind.Fails, surface.LowSd, surface.HighSd, start, target, searcher, 5_000 + index);
            return outcome.Reached ? outcome.Spent : SearchCampaign.Cap;
        }
    }

    /// <summary>Start: the median of 301 random configurations that train. Target: by a long search of the surface itself.</summary>
    private static (double[] Start, double Target) Task(BlindSurface blind, int seed)
    {
        var random = new Random(seed);
        var drawn = Enumerable.Range(0, 2000).Select(_ => blind.Space.Draw(random, [])).Where(p => !blind.Fails(p)).Take(301)
            .OrderBy(blind.High).ToArray();
        double[] start = drawn[drawn.Length / 2], best = drawn[0];
        double value = blind.High(best);
        for (int i = 0; i < 4000; i++)
        {
            double[] trial = [.. best], other = blind.Space.Draw(random, []);
            for (int j = 0; j < trial.Length; j++)
            {
                if (random.Next(3) > 0) continue;
                trial[j] = blind.Space.Knobs[j].Type == Anneal.Lab.KnobType.Choice || random.Next(4) == 0
                    ? other[j]
                    : Math.Clamp(trial[j] + 0.1 * (other[j] - 0.5), 0, 1);
            }

            double found = blind.High(trial);
            if (found < value && !blind.Fails(trial)) (best, value) = (trial, found);
        }

        double from = blind.High(start);
        return (start, from - TargetShare * (from - value));
    }

    private static string Reached(IEnumerable<double> costs, string how) => $"{costs.Count(c => c < SearchCampaign.Cap)} reached it; {how}";

    private static (double Low, double High) Bootstrap(double[] ours, double[] theirs)
    {
        var random = new Random(1);
        double[] ratios = [.. Enumerable.Range(0, 10_000).Select(_ =>
        {
            int[] pick = [.. ours.Select(_ => random.Next(ours.Length))];
            return Median(pick.Select(i => theirs[i])) / Median(pick.Select(i => ours[i]));
        }).Order()];
        return (ratios[249], ratios[9749]);
    }

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int n = sorted.Length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
}
