namespace Anneal.Lab.Research.Ideas;

/// <summary>
/// Ideas that published small-scale pre-training runs report, restated for this recipe. Probabilities and gains are
/// judgements about models of 0.2 to 20 M parameters at fixed compute; the ledger corrects them.
/// </summary>
internal static class IdeaLibrary
{
    /// <summary>All ideas, architecture first.</summary>
    public static readonly IReadOnlyList<Idea> All = [.. ArchitectureIdeas.All, .. TrainingIdeas.All];

    /// <summary>The ideas that a study allows.</summary>
    public static IEnumerable<Idea> Allowed(SearchSpace space) =>
        All.Where(i => (space.AllowIdeas.Count == 0 || space.AllowIdeas.Contains(i.Id)) && !space.BarIdeas.Contains(i.Id));
}
