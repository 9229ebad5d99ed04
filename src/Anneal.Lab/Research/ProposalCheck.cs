using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>Whether a proposal could become an experiment against a champion.</summary>
public static class ProposalCheck
{
    /// <summary>What is wrong with it, in a sentence that says how to put it right; null where nothing is.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="champion">Recipe to beat.</param>
    /// <param name="tried">Identities of every experiment so far.</param>
    public static string? FlawOf(Proposal proposal, Recipe champion, IReadOnlySet<string> tried)
    {
        if (proposal.Change.Count == 0 && proposal.Code is null) return "changes nothing: name at least one recipe key, or bring code";
        if (!double.IsFinite(proposal.Predicted.Mean) || !(proposal.Predicted.Sd > 0)) return "predicts nothing: expected a finite effect and a standard deviation above 0";
        if (proposal.Change.Keys.FirstOrDefault(IsFixed) is { } key) return $"`{key}` is not for a proposal to change: seeds, corpus and compute are the study's, so that arms stay comparable";
        Recipe treatment;
        try
        {
            treatment = champion.With(proposal.Change);
        }
        catch (InputException e)
        {
            return string.Join("; ", e.Errors.Select(error => error.Problem));
        }
        if (RecipeRules.Check(treatment) is [var problem, ..]) return problem.ToString();
        if (proposal.Code is not null) return null;
        var identity = ExperimentIdentity.Of(champion, treatment);
        if (treatment.ToYaml() == champion.ToYaml()) return "changes nothing: the champion has these values already";
        return tried.Contains(identity) ? "was tried already against this champion; its finding is in the ledger" : null;
    }

    private static bool IsFixed(string key) => key is "seed" or "data.order_seed" or "data.corpus" || key.StartsWith("budget.", StringComparison.Ordinal) || key.StartsWith("eval.", StringComparison.Ordinal) || key.StartsWith("code.", StringComparison.Ordinal);
}
