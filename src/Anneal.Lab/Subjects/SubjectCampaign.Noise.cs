using Anneal.Lab.Ledger;
using Anneal.Runs;

namespace Anneal.Lab.Subjects;

internal sealed partial class SubjectCampaign
{
    /// <summary>The baseline against itself under another seed; where the command takes none, these are plain repeats, and just as telling.</summary>
    private async Task<Noise> MeasureNoiseAsync(CancellationToken cancel)
    {
        Tell(new PhaseStarted(StudyPhase.Noise, $"Measuring the baseline {baseline.Short} and its noise: {spec.Noise.NullPairs} null pairs."));
        var (pairs, seconds) = (new List<PairRecord>(), 0.0);
        for (var i = 0; i < spec.Noise.NullPairs; i++)
        {
            var control = await BaselineAsync(RunRole.Baseline, i, cancel);
            var twin = await BaselineAsync(RunRole.Null, i, cancel);
            pairs.Add(AddPair(PairKind.Null, 0, control, twin));
            seconds += control.Seconds + twin.Seconds;
        }
        return new Noise(pairs, seconds / (2 * pairs.Count));
    }

    private async Task<RunRecord> BaselineAsync(RunRole role, int i, CancellationToken cancel)
    {
        var word = role.ToString().ToLowerInvariant();
        var run = await RunAsync(new SubjectJob { Key = $"{word}.{i}", Role = role, Pair = i, Revision = baseline, Seed = SeedOf($"{word}/{i}") }, cancel);
        return run.Value is not null ? run : throw new InputException(subject.Path,
            $"the baseline itself fails: run {run.Id} of commit {baseline.Short} {WhyFailed(run)?.Message ?? "failed"} Its output lies in {runner.PathOf(run.Id)}. Mend that first; a study needs something to beat.");
    }
}
