using Anneal.Lab.Evidence;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Lab.Studies;

namespace Anneal.Lab.Subjects;

/// <summary>
/// The study of a repository: plain code over remembered runs, one after the other, so that going on after a kill is running
/// the same code again. Gate, error control, screening and ledger are those of every study.
/// </summary>
internal sealed partial class SubjectCampaign : ICampaign
{
    private readonly StudySpec spec;
    private readonly SubjectSpec subject;
    private readonly Revision baseline;
    private readonly SubjectRepository repository;
    private readonly Ledger.Ledger ledger;
    private readonly SubjectRunner runner;
    private readonly IResearcher researcher;
    private readonly SubjectRuler? ruler;
    private readonly EditCheck check;
    private readonly DateTimeOffset started;
    private readonly IProgress<StudyEvent>? progress;

    private readonly List<ExperimentRecord> decided = [];
    private readonly Dictionary<string, RunRecord> runs = new(StringComparer.Ordinal);
    private readonly HashSet<string> tried = new(StringComparer.Ordinal);
    private Revision champion;

    /// <summary>A campaign for one sitting.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="baseline">Where it starts.</param>
    /// <param name="repository">Its clone.</param>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="researcher">Says what to try.</param>
    /// <param name="started">When the study was started: commits carry that date, so that the same edit is the same commit.</param>
    /// <param name="options">How this sitting works.</param>
    /// <param name="progress">Told what happens.</param>
    /// <param name="ruler">Measures what was trained, and is disposed with the campaign; null where the subject says its values itself.</param>
    public SubjectCampaign(
        StudySpec spec, Revision baseline, SubjectRepository repository, Ledger.Ledger ledger, IResearcher researcher, DateTimeOffset started, SittingOptions options, IProgress<StudyEvent>? progress, SubjectRuler? ruler)
    {
        (this.spec, subject, this.baseline, champion, this.repository, this.ledger, this.researcher, this.started, this.progress, this.ruler) =
            (spec, spec.Subject!, baseline, baseline, repository, ledger, researcher, started, progress, ruler);
        runner = new SubjectRunner(spec, repository, ledger, Sandbox.Find(out _), progress, ruler);
        check = new EditCheck(repository, subject, options);
    }

    /// <inheritdoc/>
    public async Task<string> RunToEndAsync(Sitting sitting)
    {
        await Orphans.EndAsync(ledger, sitting.Token);
        var noise = await MeasureNoiseAsync(sitting.Token);
        using var experimenting = sitting.WithReserve(ComparisonSeconds(noise));
        await ExperimentAsync(noise, experimenting.Token, sitting.Token);
        WriteResults();
        await CompareAsync(sitting.Token);
        return await PublishAsync(sitting.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        (researcher as IDisposable)?.Dispose();
        if (ruler is not null) await ruler.DisposeAsync();
    }

    private int Adoptions => decided.Count(experiment => experiment.Adopted);

    private bool Affords(int more) => spec.Budget.Runs is not { } limit || runs.Count + more + 2 * spec.Noise.SealedPairs <= limit;

    private async Task<RunRecord> RunAsync(SubjectJob job, CancellationToken cancel)
    {
        var run = await runner.RunAsync(job, cancel);
        runs[run.Id] = run;
        return run;
    }

    private PairRecord AddPair(PairKind kind, int experiment, RunRecord control, RunRecord treatment)
    {
        var pair = new PairRecord(treatment.Pair, control.Value!.Value, treatment.Value!.Value, control.Id, treatment.Id);
        ledger.AddPair(spec.Study, kind, experiment, pair);
        return pair;
    }

    private long SeedOf(string purpose) => Seeds.Derive(spec.Seed, $"subject/{purpose}") & int.MaxValue;

    private IncidentRecord? WhyFailed(RunRecord run) => ledger.ReadIncidents(spec.Study, run.Id) is [.., var last] ? last : null;

    private void Tell(StudyEvent what) => progress?.Report(what);

    private sealed record Noise(IReadOnlyList<PairRecord> Pairs, double SecondsPerRun)
    {
        // Planning only: the gate does not rest on it. Positive, for a command whose runs agree to the last digit.
        public double Sd { get; } = Math.Max(PlanningNoise.Sigma(Pairs.Select(pair => pair.Difference)), 1e-9);
    }
}
