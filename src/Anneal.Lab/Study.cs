using Anneal.Lab.Ledger;
using Anneal.Runs;

namespace Anneal.Lab;

/// <summary>A study: propose, screen, confirm, judge, record, until the budget or the ideas end; then the seal and the report.</summary>
public sealed partial class Study
{
    /// <summary>
    /// Runs a study to its end, or goes on with it where it was interrupted: what the ledger holds is not done again, and the
    /// outcome is that of an undisturbed study.
    /// </summary>
    /// <param name="spec">The study, from <see cref="Lab"/>'s StudyFile.</param>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="progress">Told what happens, from several threads; null for silence.</param>
    /// <param name="cancel">Stops the children and returns within two seconds, with the state saved.</param>
    /// <returns>The study as the ledger holds it; its status is <c>done</c> or <c>interrupted</c>.</returns>
    /// <exception cref="InputException">The lab is in use or damaged, the corpus is empty, the study's file has changed since it was started.</exception>
    public static Task<StudyRecord> RunAsync(StudySpec spec, string lab, IProgress<StudyEvent>? progress, CancellationToken cancel) =>
        throw new NotSupportedException("comes with the executor");

    /// <summary>Goes on with a study by its name, as it was started.</summary>
    /// <param name="name">Study.</param>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="progress">Told what happens, from several threads; null for silence.</param>
    /// <param name="cancel">Stops the children and returns within two seconds, with the state saved.</param>
    /// <returns>The study as the ledger holds it.</returns>
    /// <exception cref="InputException">No such study.</exception>
    public static Task<StudyRecord> ResumeAsync(string name, string lab, IProgress<StudyEvent>? progress, CancellationToken cancel) =>
        throw new NotSupportedException("comes with the executor");

    /// <summary>Folder of a study's report files: <c>report.html</c>, <c>report.md</c>, <c>report.json</c>.</summary>
    /// <param name="name">Study.</param>
    /// <param name="lab">The lab's folder.</param>
    public static string ReportDirectory(string name, string lab) => Path.Combine(Path.GetFullPath(lab), "studies", name);
}
