using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Subjects;

internal sealed partial class SubjectCampaign
{
    // Time to keep for the comparison, with a margin of a half.
    private double ComparisonSeconds(Noise noise) => 1.5 * 2 * spec.Noise.SealedPairs * noise.SecondsPerRun;

    /// <summary>
    /// Baseline and champion once more, over fresh seeds: what all adopted edits together are worth, free of the luck that
    /// selected them. Where the lab measures, they meet on the test split, which counts as its one opening; else there is no
    /// sealed split, and the numbers are the subject's own.
    /// </summary>
    private async Task CompareAsync(CancellationToken cancel)
    {
        if (Adoptions == 0) return;
        Tell(new PhaseStarted(StudyPhase.Seal, $"Comparing baseline and champion over {spec.Noise.SealedPairs} fresh seeds."));
        var (split, metric) = subject.Measured ? ("test", "test/bpb") : ("val", subject.Objective);
        ledger.OpenSeal(spec.Study, metric, baseline.ToText(), champion.ToText());
        var pairs = new List<PairRecord>();
        for (var i = 0; i < spec.Noise.SealedPairs; i++)
        {
            var control = await RunAsync(new SubjectJob { Key = $"final-baseline.{i}", Role = RunRole.SealedBaseline, Split = split, Pair = i, Revision = baseline, Seed = SeedOf($"final/{i}") }, cancel);
            var treatment = await RunAsync(new SubjectJob { Key = $"final-champion.{i}", Role = RunRole.SealedChampion, Split = split, Pair = i, Revision = champion, Seed = SeedOf($"final/{i}") }, cancel);
            // A mean without the seeds that failed would flatter; the ledger keeps the incident, the report says that there is no result.
            if (control.Value is null || treatment.Value is null) return;
            pairs.Add(AddPair(PairKind.Sealed, 0, control, treatment));
        }
        var (effect, low, high) = StudentT.Interval([.. pairs.Select(pair => pair.Difference)]);
        var seal = new SealedRecord(metric, pairs, effect, low, high);
        ledger.CloseSeal(spec.Study, seal);
        Tell(new SealOpened(seal));
    }

    /// <summary>Brings the adopted edits into the user's repository as a branch, if that takes no force.</summary>
    private async Task<string> PublishAsync(CancellationToken cancel)
    {
        if (Adoptions == 0) return "No edit passed the gate: the baseline stands, and the repository is as it was.";
        var branch = SubjectBranch.Of(spec.Study);
        var problem = await repository.PublishAsync(champion.Commit, branch, cancel);
        Tell(new BranchWritten(branch, champion.Commit, problem));
        var edits = $"{Adoptions} of {decided.Count} edits passed the gate on {(subject.Measured ? "values that the lab measured" : "the repository's own numbers")}";
        if (problem is null) return $"{edits}; they are the branch {branch} of {subject.Path}.";

        var message = $"Branch {branch} was left as it is: {problem} Fetch the edits under another name: git fetch {repository.GitDirectory} refs/anneal/champion:NEW-BRANCH";
        if (!ledger.ReadIncidents(spec.Study, "").Any(incident => incident.Message == message))
            ledger.AddIncident(spec.Study, new IncidentRecord("", null, 0, "warn", "none", "branch", "infrastructure", message));
        return $"{edits}. {message}";
    }

    private void WriteResults() =>
        ResultsTable.Write(Path.Combine(Study.ReportDirectory(spec.Study, ledger.Directory), ResultsTable.File), subject, baseline, decided, [.. runs.Values], runner.PathOf);
}
