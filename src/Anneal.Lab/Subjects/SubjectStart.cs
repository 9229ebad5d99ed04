using System.Globalization;
using Anneal.Data;
using Anneal.Lab.Execution;
using Anneal.Lab.Reports;
using Anneal.Lab.Research;
using Anneal.Lab.Studies;
using Anneal.Runs;

namespace Anneal.Lab.Subjects;

/// <summary>Sets out on the study of a repository, or goes on with it.</summary>
internal static class SubjectStart
{
    private const string Started = "started";

    /// <summary>Clones the subject into the lab, records the study, and gives its campaign.</summary>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="asked">The study's file now.</param>
    /// <param name="options">How this sitting works.</param>
    /// <param name="progress">Told what happens.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InputException">No sandbox, no repository, or a study that was started with other settings.</exception>
    public static async Task<ICampaign> PrepareAsync(Ledger.Ledger ledger, StudySpec asked, SittingOptions options, IProgress<StudyEvent>? progress, CancellationToken cancel)
    {
        var subject = asked.Subject!;
        if (Sandbox.Find(out var why) is null && !options.AllowUnsandboxed) throw new InputException(subject.Path, $"is code that a researcher edits. {why}");
        if (subject.Measured && HeldText.Flaw(asked, ledger.Directory) is { } flaw) throw new InputException(asked.Corpus, flaw);
        var folder = Path.Combine(ledger.Directory, "subjects", asked.Study);
        var repository = new SubjectRepository(folder, subject);
        var spec = asked with { Parallel = 1 };
        var model = await SittingModel.FindAsync(spec, options, ledger.Directory, isNew: !ledger.HasStudy(spec.Study), cancel);
        var corpus = subject.Measured ? await StudyCorpus.PrepareAsync(ledger.Directory, spec.Corpus, progress, cancel) : null;
        if (ledger.FindStudy(asked.Study) is null) await BeginAsync(ledger, spec, repository, corpus, folder, progress, cancel);

        var (started, text, provenance) = ledger.FindStudy(asked.Study)!.Value;
        var changes = StudyChanges.Find(started, spec, text, text);
        if (changes.Count > 0) throw new InputException(subject.Path,
            $"study '{asked.Study}' was started with other settings: {string.Join("; ", changes)}. Its evidence holds for those only. Put them back to go on, or start a new study: give it another name under `study:`.");
        if (corpus is not null) StudyStart.Compare(spec, provenance, corpus);
        if (!Directory.Exists(repository.GitDirectory)) throw new InputException(repository.GitDirectory, "is gone, and with it the commits of this study. Restore the lab from a copy, or start a study under another name.");
        var when = DateTimeOffset.Parse(provenance[Started], CultureInfo.InvariantCulture);
        var ruler = corpus is null ? null : await SubjectRuler.MakeAsync(spec, corpus, Sandbox.Find(out _)!, cancel);
        return new SubjectCampaign(spec, Revision.Parse(text), repository, ledger, Researchers.OfRepository(spec, repository, new EditCheck(repository, subject, options), ledger, model, model?.OpenDesk(ledger, spec, progress), progress), when, options, progress, ruler);
    }

    private static async Task BeginAsync(Ledger.Ledger ledger, StudySpec spec, SubjectRepository repository, Corpus? corpus, string folder, IProgress<StudyEvent>? progress, CancellationToken cancel)
    {
        var subject = spec.Subject!;
        // A clone without a study is the rest of a start that failed.
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        await repository.CloneAsync(cancel);
        var baseline = await repository.FindBaselineAsync(cancel);
        var open = await OpenChangesAsync(subject, cancel);
        progress?.Report(new PhaseStarted(StudyPhase.Corpus, $"Studying {subject.Path} from commit {baseline.Short}{(open > 0 ? $"; {open} files with uncommitted changes are left out" : "")}."));
        var provenance = StudyStart.Machine();
        provenance["plan"] = PlanHash.Of(spec, baseline.ToText());
        provenance["subject"] = subject.Path;
        provenance["commit"] = baseline.Commit;
        provenance["sandbox"] = Sandbox.Find(out _) is null ? "none: the user allowed it" : "bubblewrap";
        if (corpus is not null) (provenance["corpus"], provenance[StudyStart.CorpusHash]) = (string.Join("; ", corpus.Manifest.Origin), corpus.Manifest.ContentHash);
        provenance[Started] = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        ledger.AddStudy(spec, baseline.ToText(), provenance);
    }

    // A bare repository has no checkout to compare.
    private static async Task<int> OpenChangesAsync(SubjectSpec subject, CancellationToken cancel)
    {
        try
        {
            var status = await Git.RunAsync(subject.Path, ["--no-optional-locks", "status", "--porcelain", "--untracked-files=no"], cancel);
            return status.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        }
        catch (GitException)
        {
            return 0;
        }
    }
}
