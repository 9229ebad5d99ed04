using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>
/// Lets a change pass only when it is sound and new: not the same experiment against this champion or an earlier one, and
/// not a recipe that was measured already.
/// </summary>
internal sealed class Novelty(StudyMemory memory, Recipe champion, IReadOnlySet<string> triedIdentities)
{
    private readonly Recipe[] champions = [.. memory.Experiments.Select(e => e.Control).Prepend(memory.Baseline).Append(champion).DistinctBy(r => r.Identity())];

    private readonly HashSet<string> measured = [champion.Identity(), .. memory.Experiments.Select(e => e.Treatment.Identity())];

    /// <summary>The champion with the change, or null when it breaks a rule or is nothing new.</summary>
    public Recipe? Apply(IReadOnlyDictionary<string, string> change)
    {
        if (change.Count == 0 || With(champion, change) is not { } changed) return null;
        if (RecipeRules.Check(changed).Count > 0 || measured.Contains(changed.Identity())) return null;
        foreach (var control in champions)
            if (With(control, change) is { } treatment && triedIdentities.Contains(ExperimentIdentity.Of(control, treatment)))
                return null;
        return changed;
    }

    private static Recipe? With(Recipe recipe, IReadOnlyDictionary<string, string> change)
    {
        try
        {
            return recipe.With(change);
        }
        catch (InputException)
        {
            return null;
        }
    }
}
