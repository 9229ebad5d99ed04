using System.Text.Json.Nodes;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Reports;

/// <summary>The document that <c>study estimate --json</c> prints: what a study can cost at most and will probably cost.</summary>
public static class EstimateDocument
{
    /// <summary>The document.</summary>
    /// <param name="spec">The study, its researcher settled.</param>
    public static JsonObject Of(StudySpec spec)
    {
        var full = RecipeFile.Load(spec.Recipe).Budget.Flops!.Value;
        var budget = new FlopBudget(spec, full);
        return new JsonObject
        {
            ["study"] = spec.Study,
            ["researcher"] = spec.Researcher,
            ["experiments"] = new JsonObject { ["limit"] = spec.Budget.Experiments },
            ["flops"] = new JsonObject { ["run"] = full, ["noise"] = budget.Noise, ["seal"] = budget.Seal, ["least"] = budget.Least, ["limit"] = spec.Budget.Flops },
            ["seconds"] = new JsonObject { ["limit"] = spec.Budget.Seconds },
        };
    }
}
