using Anneal.Lab.Evidence;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

internal sealed partial class Campaign
{
    private const string SealedMetric = "test/bpb";

    /// <summary>
    /// Champion and baseline meet once on the test split, over fresh seeds. Without a confirmed change the split stays closed.
    /// </summary>
    private async Task OpenSealAsync(Standing standing, CancellationToken cancel)
    {
        if (standing.Acceptances == 0) return;
        Tell(new PhaseStarted(StudyPhase.Seal, $"Opening the sealed split: baseline and champion over {spec.Noise.SealedPairs} fresh seeds."));
        ledger.OpenSeal(spec.Study, SealedMetric, baseline.ToYaml(), standing.Champion.ToYaml());
        var count = spec.Noise.SealedPairs;
        var runs = await RunAllAsync(
            [
                .. Enumerable.Range(0, count).Select(i => SealedArm(RunRole.SealedBaseline, baseline, i)),
                .. Enumerable.Range(0, count).Select(i => SealedArm(RunRole.SealedChampion, standing.Champion, i)),
            ], cancel);
        executor.DropCheckpoints(runs, keep: _ => false);
        // A mean without the seeds that failed would flatter; the ledger keeps the incident, the report says that there is no result.
        if (runs.Exists(run => run.Value is null)) return;

        var pairs = Pairs(PairKind.Sealed, runs[..count], runs[count..]);
        var (effect, low, high) = StudentT.Interval([.. pairs.Select(pair => pair.Difference)]);
        var seal = new SealedRecord(SealedMetric, pairs, effect, low, high);
        ledger.CloseSeal(spec.Study, seal);
        Tell(new SealOpened(seal));
    }

    private Job SealedArm(RunRole role, Recipe recipe, int pair) => new()
    {
        Key = $"{(role == RunRole.SealedBaseline ? "sealed-baseline" : "sealed-champion")}.{pair}",
        Role = role,
        Pair = pair,
        Split = "test",
        Recipe = Seeded(recipe, $"sealed/{pair}", $"sealed/{pair}"),
    };

    // Time to keep for the sealed comparison, with a margin of a half.
    private double SealSeconds(Noise noise) => 1.5 * 2 * spec.Noise.SealedPairs * noise.SecondsPerRun / budget.Parallel;
}
