using Anneal.Data;
using Anneal.Lab.Diagnoses;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research;
using Anneal.Lab.Studies;
using Anneal.Lab.Subjects;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab;

/// <summary>Studies: propose, screen, confirm, judge, record, until the budget or the ideas end; then the seal and the report.</summary>
public static class Study
{
    /// <summary>
    /// Runs a study to its end, or goes on with it where it was interrupted: what the ledger holds is not done again, and the
    /// outcome is that of an undisturbed study.
    /// </summary>
    /// <param name="spec">The study, from <see cref="StudyFile.Load"/>.</param>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="progress">Told what happens, from several threads; null for silence.</param>
    /// <param name="cancel">Stops the children and returns within two seconds, with the state saved.</param>
    /// <param name="options">How this sitting works; null takes the defaults.</param>
    /// <returns>The study as the ledger holds it; its status is <c>done</c> or <c>interrupted</c>.</returns>
    /// <exception cref="InputException">The lab is in use or damaged, or the study's file has changed since it was started.</exception>
    /// <exception cref="CorpusException">The corpus is empty, unreadable or changed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the study was in the ledger.</exception>
    public static Task<StudyRecord> RunAsync(StudySpec spec, string lab, IProgress<StudyEvent>? progress, CancellationToken cancel, SittingOptions? options = null) =>
        SitAsync(spec, spec.Subject is null ? RecipeFile.Load(spec.Recipe) : null, lab, options ?? new(), progress, cancel);

    /// <summary>Goes on with a study by its name, as it was started.</summary>
    /// <param name="name">Study.</param>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="progress">Told what happens, from several threads; null for silence.</param>
    /// <param name="cancel">Stops the children and returns within two seconds, with the state saved.</param>
    /// <param name="options">How this sitting works; null takes the defaults.</param>
    /// <returns>The study as the ledger holds it.</returns>
    /// <exception cref="InputException">No such study, or the lab is in use or damaged.</exception>
    public static Task<StudyRecord> ResumeAsync(string name, string lab, IProgress<StudyEvent>? progress, CancellationToken cancel, SittingOptions? options = null)
    {
        if (!Ledger.Ledger.Exists(lab)) throw new InputException(lab, "is no lab: it has no lab.db. Start the study with `anneal study run`, or name its lab with --lab DIR.");
        StudyRecord started;
        using (var ledger = Ledger.Ledger.Open(lab)) started = ledger.ReadStudy(name);
        return SitAsync(started.Spec, started.Spec.Subject is not null ? null : RecipeFile.Parse(started.Baseline, $"{name}'s baseline"), lab, options ?? new(), progress, cancel);
    }

    /// <summary>Folder of a study's report files: <c>report.html</c>, <c>report.md</c>, <c>report.json</c>.</summary>
    /// <param name="name">Study.</param>
    /// <param name="lab">The lab's folder.</param>
    public static string ReportDirectory(string name, string lab) => Path.Combine(Path.GetFullPath(lab), "studies", name);

    private static async Task<StudyRecord> SitAsync(StudySpec asked, Recipe? recipe, string lab, SittingOptions options, IProgress<StudyEvent>? progress, CancellationToken cancel)
    {
        try
        {
            return await WorkAsync(asked, recipe, lab, options, progress, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(Path.GetFullPath(lab), $"cannot be written: {e.Message} Nothing recorded is lost: put that right, then `anneal study resume {asked.Study}`.");
        }
    }

    private static async Task<StudyRecord> WorkAsync(StudySpec asked, Recipe? recipe, string lab, SittingOptions options, IProgress<StudyEvent>? progress, CancellationToken cancel)
    {
        using var ledger = Ledger.Ledger.Open(lab);
        using var lease = ledger.TakeLease(asked.Study);
        var started = ledger.FindStudy(asked.Study)?.Spec.Researcher;
        if (ResearcherChoice.Unused(asked, options, started) is { } why) progress?.Report(new ModelUnused(why));
        asked = ResearcherChoice.Settle(asked, options, started);
        using var sitting = new Sitting(ledger, asked, cancel);

        string reason;
        await using (var campaign = recipe is null
            ? await SubjectStart.PrepareAsync(ledger, asked, options, progress, sitting.Token)
            : await PrepareAsync(ledger, asked, recipe, options, progress, sitting.Token))
        {
            sitting.Begin();
            reason = await sitting.WorkAsync(campaign.RunToEndAsync);
        }

        progress?.Report(new PhaseStarted(StudyPhase.Report, "Writing the report."));
        var record = ledger.ReadStudy(asked.Study);
        StudyReport.Write(record, ledger.Directory);
        Transcript.Export(ledger, asked.Study, Path.Combine(ReportDirectory(asked.Study, lab), Transcript.FileName));
        progress?.Report(new StudyEnded(record, reason));
        return record;
    }

    private static async Task<ICampaign> PrepareAsync(Ledger.Ledger ledger, StudySpec asked, Recipe recipe, SittingOptions options, IProgress<StudyEvent>? progress, CancellationToken cancel)
    {
        var (spec, baseline) = StudyStart.Match(ledger, asked, recipe);
        var model = await SittingModel.FindAsync(spec, options, ledger.Directory, isNew: !ledger.HasStudy(spec.Study), cancel);
        progress?.Report(new PhaseStarted(StudyPhase.Corpus, $"Preparing {spec.Corpus}."));
        var corpus = await StudyCorpus.PrepareAsync(ledger.Directory, spec.Corpus, progress, cancel);
        StudyStart.Record(ledger, spec, baseline, corpus);
        var desk = model?.OpenDesk(ledger, spec, progress);
        var researcher = Researchers.OfRecipe(spec, baseline, ledger, model, desk, progress);
        var beside = desk is null ? progress : new StudyDiagnostician(desk, ledger, spec.Study, progress, cancel);
        return new Campaign(spec, baseline, corpus, ledger, researcher, beside, new() { AllowUnsandboxed = options.AllowUnsandboxed });
    }
}
