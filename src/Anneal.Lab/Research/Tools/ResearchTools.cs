using Anneal.Lab.Providers;

namespace Anneal.Lab.Research.Tools;

/// <summary>What a language model can do in the lab: look, and propose. Their order and words never change within a study, so that they are cached.</summary>
internal static class ResearchTools
{
    /// <summary>The tools of one conversation.</summary>
    public static IReadOnlyList<Tool> For(ProposalTask task) =>
    [
        FindingTools.ReadFindings(task),
        FindingTools.ReadExperiment(task),
        RunTools.ReadCurve(task),
        RunTools.ReadIncidents(task),
        RecipeTools.ReadRecipe(task),
        RecipeTools.RecipeKeysTable(task),
        QueryTool.QueryLedger(task),
        SourceTools.ReadSource(),
        DiagnosisTool.RunDiagnosis(task),
        ProposalTools.ProposeExperiment(task),
        ProposalTools.NothingLeft(task),
    ];
}
