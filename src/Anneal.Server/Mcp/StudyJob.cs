using Anneal.Lab;
using Anneal.Lab.Ledger;
using Anneal.Runs;

namespace Anneal.Server.Mcp;

/// <summary>A study that a caller wants to be run: a file of theirs, or one that the lab knows by its name.</summary>
/// <param name="Spec">The study, its researcher and dollars settled.</param>
/// <param name="Known">As the ledger holds it; null for a new one.</param>
/// <param name="Options">Of this sitting.</param>
/// <param name="IsFile">It was named by its file.</param>
internal sealed record StudyJob(StudySpec Spec, StudyRecord? Known, SittingOptions Options, bool IsFile)
{
    /// <exception cref="InputException">No such study, or its files lie outside.</exception>
    public static StudyJob Of(McpLab lab, ToolCall call)
    {
        var options = new SittingOptions
        {
            Researcher = call.Text("researcher"),
            Model = call.Text("model"),
            Effort = call.Text("effort"),
            Usd = call.Number("usd"),
            Replay = call.Text("replay") is { } replay ? lab.Paths.Inside(replay) : null,
        };
        var study = call.Required("study");
        var isFile = study.EndsWith(".yaml", StringComparison.Ordinal) || study.EndsWith(".yml", StringComparison.Ordinal);
        var spec = isFile ? StudyFile.Load(lab.Paths.Inside(study)) : null;
        if (spec is not null)
        {
            lab.Paths.Inside(spec.Recipe);
            lab.Paths.Corpus(spec.Corpus);
        }

        var known = Look(lab.Directory, spec?.Study) ?? (spec is null ? LabStudies.Read(lab.Directory, study) : null);
        return new StudyJob(ResearcherChoice.Settle(spec ?? known!.Spec, options, known?.Spec.Researcher), known, options, isFile);
    }

    /// <summary>Most that is left to spend.</summary>
    public Cost Most => new(
        Left(Spec.Budget.Flops, Known?.FlopsSpent),
        ResearcherChoice.IsPaid(Spec.Researcher) && Options.Replay is null ? Left(Spec.Budget.Usd, Known?.UsdSpent) : 0,
        Left(Spec.Budget.Seconds, Known?.SecondsSpent));

    /// <summary>What a sitting cost.</summary>
    public Cost CostOf(StudyRecord after) => new(after.FlopsSpent - (Known?.FlopsSpent ?? 0), after.UsdSpent - (Known?.UsdSpent ?? 0), 0);

    /// <summary>Runs it, or goes on with it.</summary>
    public Task<StudyRecord> RunAsync(string lab, IProgress<StudyEvent> progress, CancellationToken cancel) => IsFile
        ? Study.RunAsync(Spec, lab, progress, cancel, Options)
        : Study.ResumeAsync(Spec.Study, lab, progress, cancel, Options);

    private static StudyRecord? Look(string lab, string? study)
    {
        if (study is null || !Ledger.Exists(lab)) return null;
        using var ledger = Ledger.Open(lab);
        return ledger.HasStudy(study) ? ledger.ReadStudy(study) : null;
    }

    private static double Left(double? limit, double? spent) => limit is { } all ? Math.Max(0, all - (spent ?? 0)) : double.PositiveInfinity;
}
