using System.Collections.Immutable;
using Anneal.Lab.Evidence;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

internal sealed partial class Campaign
{
    // A learning rate that is another number and the same experiment.
    private const double Nudge = 1.0001;

    /// <summary>
    /// The baseline over its seeds, each with a twin of another initialisation (null pair) and some with a learning rate times
    /// 1.0001 (nudge pair). Twins share the data order.
    /// </summary>
    private async Task<Noise> MeasureNoiseAsync(CancellationToken cancel)
    {
        var (nulls, nudges) = (spec.Noise.NullPairs, spec.Noise.NudgePairs);
        Tell(new PhaseStarted(StudyPhase.Noise, $"Measuring the baseline and its noise: {nulls} null pairs, {nudges} nudge pairs."));
        var seeds = Math.Max(nulls, nudges);
        var runs = await RunAllAsync(
            [
                .. Enumerable.Range(0, seeds).Select(i => Baseline(i, "baseline", RunRole.Baseline, baseline)),
                .. Enumerable.Range(0, nulls).Select(i => Baseline(i, "null", RunRole.Null, baseline)),
                .. Enumerable.Range(0, nudges).Select(i => Baseline(i, "baseline", RunRole.Nudge, baseline with { Optimizer = baseline.Optimizer with { Lr = baseline.Optimizer.Lr * Nudge } })),
            ], cancel);
        if (runs.FirstOrDefault(run => run.Value is null) is { } failed)
            throw new InputException(spec.Recipe, $"the baseline itself fails: run {failed.Id} ended after {failed.Steps} steps ({WhyFailed(failed)}). Mend the recipe first; a study needs something to beat.");
        var nullPairs = Pairs(PairKind.Null, runs[..nulls], runs.GetRange(seeds, nulls));
        var nudgePairs = Pairs(PairKind.Nudge, runs[..nudges], runs.GetRange(seeds + nulls, nudges));
        return new Noise(nullPairs, nudgePairs, [.. runs]);
    }

    private Job Baseline(int i, string initialisation, RunRole role, Recipe recipe) => new()
    {
        Key = $"{role.ToString().ToLowerInvariant()}.{i}",
        Role = role,
        Pair = i,
        Recipe = Seeded(recipe, $"{initialisation}/{i}", $"baseline/{i}"),
    };

    private List<PairRecord> Pairs(PairKind kind, IReadOnlyList<RunRecord> controls, IReadOnlyList<RunRecord> treatments)
    {
        var pairs = controls.Zip(treatments, (control, treatment) => Pair(control, treatment)).ToList();
        foreach (var pair in pairs) ledger.AddPair(spec.Study, kind, 0, pair);
        return pairs;
    }

    private static PairRecord Pair(RunRecord control, RunRecord treatment) =>
        new(treatment.Pair, control.Value!.Value, treatment.Value!.Value, control.Id, treatment.Id);

    private Recipe Seeded(Recipe recipe, string initialisation, string order) => recipe with
    {
        Seed = Seeds.Derive(spec.Seed, $"initialisation/{initialisation}"),
        Data = recipe.Data with { OrderSeed = Seeds.Derive(spec.Seed, $"order/{order}") },
    };

    private async Task<List<RunRecord>> RunAllAsync(IEnumerable<Job> jobs, CancellationToken cancel) =>
        [.. await Task.WhenAll(jobs.Select(job => executor.RunAsync(job, cancel)).ToList())];

    // The last thing that was seen of a failed run.
    private string WhyFailed(RunRecord run) => ledger.ReadIncidents(spec.Study, run.Id) is [.., var last] ? last.Message : "no incident was recorded";

    // Whether a failed run says something about its recipe. One that the machine broke, or that nobody could measure, does not.
    private bool FailedFairly(RunRecord run) => ledger.ReadIncidents(spec.Study, run.Id) is [.., { Cause: not ("infrastructure" or "evaluation") }];

    // What the judge saw in a failed run, or null.
    private FoulPlay? FoulPlayIn(RunRecord run) => ledger.ReadIncidents(spec.Study, run.Id) is [.., var last] ? FoulPlay.Of(last) : null;

    private sealed record Noise(IReadOnlyList<PairRecord> NullPairs, IReadOnlyList<PairRecord> NudgePairs, ImmutableList<RunRecord> Runs)
    {
        // Planning only: the gate does not rest on it. Positive, for a study whose twins happen to agree.
        public double Sd { get; } = Math.Max(PlanningNoise.Sigma(NullPairs.Select(pair => pair.Difference)), 1e-9);

        public double SecondsPerRun => Runs.Average(run => run.Seconds);
    }
}
