using Anneal.Data;
using Anneal.Lab.Diagnoses;
using Anneal.Lab.Execution;
using Anneal.Lab.Research;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

/// <summary>
/// The work of a study. It is plain code over remembered jobs: a run that the ledger holds returns at once, so that going on
/// after a kill is running the same code again, with the same outcome.
/// </summary>
internal sealed partial class Campaign : ICampaign
{
    private readonly StudySpec spec;
    private readonly Recipe baseline;
    private readonly Ledger.Ledger ledger;
    private readonly Executor executor;
    private readonly FlopBudget budget;
    private readonly IResearcher researcher;
    private readonly IProgress<StudyEvent>? progress;

    /// <summary>A campaign for one sitting.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="baseline">Its baseline recipe.</param>
    /// <param name="corpus">Its corpus.</param>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="researcher">Says what to try.</param>
    /// <param name="progress">Told what happens.</param>
    /// <param name="execution">How runs are made; null takes the defaults.</param>
    public Campaign(StudySpec spec, Recipe baseline, Corpus corpus, Ledger.Ledger ledger, IResearcher researcher, IProgress<StudyEvent>? progress, ExecutorOptions? execution = null)
    {
        (this.spec, this.baseline, this.ledger, this.researcher, this.progress) = (spec, baseline, ledger, researcher, progress);
        budget = new FlopBudget(spec, baseline.Budget.Flops!.Value);
        executor = new Executor(ledger, spec, corpus, progress, execution);
    }

    /// <inheritdoc/>
    public async Task<string> RunToEndAsync(Sitting sitting)
    {
        await executor.RecoverAsync(sitting.Token);
        var noise = await MeasureNoiseAsync(sitting.Token);
        using var experimenting = sitting.WithReserve(SealSeconds(noise));
        var standing = await ExperimentAsync(noise, experimenting.Token, sitting.Token);
        await OpenSealAsync(standing, sitting.Token);
        return standing.Acceptances == 0
            ? "No change was confirmed: the baseline stands, and the sealed split stays closed."
            : $"{standing.Acceptances} of {standing.Experiments.Count} experiments confirmed; the sealed comparison is made.";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A second opinion under way has its grace before the model goes.
        if (progress is StudyDiagnostician beside) await beside.DisposeAsync();
        (researcher as IDisposable)?.Dispose();
        await executor.DisposeAsync();
    }

    private void Tell(StudyEvent what) => progress?.Report(what);
}
