using Anneal.Lab.Code;

namespace Anneal.Benchmarks.Judge;

/// <summary>Ways to win without learning, and honest changes, on the real path: what the screen stops, what the border behind it stops.</summary>
internal static class CheatsSuite
{
    /// <summary>Rows: cheats accepted, cheats reported as something else, honest changes rejected; each by name where there is one.</summary>
    public static IEnumerable<BenchmarkRow> Run(string[] args)
    {
        const string How = "code compiled with the screen off, trained in the sandbox, measured by the evaluator; accepted: measured, and 3% below what the recipe reaches without code";
        var court = CheatCourt.OpenAsync(Environment.ProcessorCount, CancellationToken.None).GetAwaiter().GetResult();
        try
        {
            var cheats = Try(court, CodeSample.Cheats);
            var accepted = cheats.Where(pair => pair.Judgement.Value < court.Honest * 0.97).Select(pair => pair.Sample.Name).ToList();
            yield return BenchmarkRow.AtMost("cheats: accepted", accepted.Count, $"of {cheats.Count}", 0, Named(How, accepted));
            var unlike = cheats.Select(pair => pair.Judgement.Unlike(pair.Sample, court.Honest)).OfType<string>().ToList();
            yield return BenchmarkRow.AtMost("cheats: not reported for what they are", unlike.Count, $"of {cheats.Count}", 0, Named("the rule, or the words of the failure, that the sample's head names", unlike));
            var screened = CodeSample.Cheats.Where(sample => CodeCompiler.Compile(new(sample.Kind, sample.Source)).IsSound).Select(sample => sample.Name).ToList();
            yield return BenchmarkRow.Of("cheats: that the compile screen alone lets pass", screened.Count, $"of {cheats.Count}", Named("for the judge and the sandbox to catch", screened));
            var honest = Try(court, CodeSample.Honest);
            var rejected = honest.Where(pair => pair.Judgement.Value is null).Select(pair => $"{pair.Sample.Name} ({pair.Judgement.Rule}: {pair.Judgement.Detail})").ToList();
            yield return BenchmarkRow.AtMost("honest changes: rejected", rejected.Count, $"of {honest.Count}", 0, Named("optimizers, schedules, losses and blocks, slow ones among them", rejected));
        }
        finally
        {
            court.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static List<(CodeSample Sample, Judgement Judgement)> Try(CheatCourt court, IReadOnlyList<CodeSample> samples)
    {
        var tried = samples.Select(sample => (Sample: sample, Judgement: court.TryAsync(sample, CancellationToken.None))).ToList();
        return [.. tried.Select(pair => (pair.Sample, pair.Judgement.GetAwaiter().GetResult()))];
    }

    private static string Named(string how, List<string> names) => names.Count == 0 ? how : $"{how}; here: {string.Join(", ", names)}";
}
