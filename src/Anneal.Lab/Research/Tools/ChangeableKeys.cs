using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research.Tools;

/// <summary>Recipe keys that a proposal may change. Text, budget, seeds and evaluations are the study's, so that arms stay comparable.</summary>
internal static class ChangeableKeys
{
    public static readonly Recipe Default = new();

    public static readonly IReadOnlyList<RecipeKey> All = [.. RecipeKeys.All.Where(key => WhyFixed(key.Name) is null)];

    /// <summary>Why a key is not a proposal's to change; null where it is.</summary>
    public static string? WhyFixed(string key) => key.Split('.')[0] switch
    {
        "seed" => "seeds are drawn by the lab, fresh for each pair",
        "budget" => "every run has the study's budget: a change competes at equal FLOPs",
        "eval" => "what is measured, and when, is the lab's",
        "code" => "code goes into `code`, and the lab names it by its hash",
        "data" when key is "data.corpus" or "data.order_seed" => "text and order are the study's, the same for both arms",
        _ => null,
    };
}
