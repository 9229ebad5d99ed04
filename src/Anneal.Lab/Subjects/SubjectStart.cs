using Anneal.Lab.Studies;
using Anneal.Runs;

namespace Anneal.Lab.Subjects;

/// <summary>Sets out on the study of a repository.</summary>
internal static class SubjectStart
{
    /// <summary>Clones the subject, records the study, and gives its campaign.</summary>
    public static Task<ICampaign> PrepareAsync(Ledger.Ledger ledger, StudySpec asked, SittingOptions options, IProgress<StudyEvent>? progress, CancellationToken cancel) =>
        throw new InputException(asked.Subject!.Path, "cannot be studied yet");
}
