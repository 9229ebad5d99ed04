using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research.Tools;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>Read-only questions to a study's record in SQL, as a researcher may ask them: nothing sealed is in the tables.</summary>
public static class StudyQuery
{
    /// <summary>The tables and their columns.</summary>
    public static string Tables => SeenTables.Describe;

    /// <summary>Runs one SELECT, bounded in rows, width and work.</summary>
    /// <param name="study">The study as it stands.</param>
    /// <param name="earlier">Findings of other studies.</param>
    /// <param name="sql">The SELECT.</param>
    /// <returns>A table of text, fenced as data; or what is wrong with the question.</returns>
    public static ToolAnswer Ask(StudyRecord study, IReadOnlyList<EarlierFinding> earlier, string sql) => QueryTool.Query(sql, new ProposalTask(
        study.Spec,
        new ResearchQuestion
        {
            Seen = study,
            Champion = study.Spec.Subject is null ? RecipeFile.Parse(study.Champion, "champion") : new Recipe(),
            Tried = new HashSet<string>(),
            Number = study.Experiments.Count + 1,
        },
        earlier));
}
