namespace Anneal.Lab.Subjects;

/// <summary>Name of the branch that adopted edits become.</summary>
internal static class SubjectBranch
{
    /// <summary><c>anneal/STUDY</c>, made fit for git where the study's name is not.</summary>
    /// <param name="study">Study.</param>
    public static string Of(string study)
    {
        while (study.Contains("..", StringComparison.Ordinal)) study = study.Replace("..", ".", StringComparison.Ordinal);
        return $"anneal/{(study.EndsWith('.') || study.EndsWith(".lock", StringComparison.Ordinal) ? study + "-" : study)}";
    }
}
