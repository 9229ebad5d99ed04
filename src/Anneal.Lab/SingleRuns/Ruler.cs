using Anneal.Runs.Evaluation;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.SingleRuns;

/// <summary>How single runs are measured, outside a study.</summary>
public static class Ruler
{
    /// <summary>The default ruler; a recipe with a shorter context gets a shorter stride, so that every token is seen with its past.</summary>
    public static EvaluationSpec For(Recipe recipe) => For(recipe.Model.Context);

    /// <inheritdoc cref="For(Recipe)"/>
    public static EvaluationSpec For(int context)
    {
        var standard = new EvaluationSpec();
        return standard with { Stride = Math.Min(standard.Stride, context) };
    }
}
