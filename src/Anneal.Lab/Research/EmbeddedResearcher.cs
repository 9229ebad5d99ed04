using Anneal.Lab.Ledger;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>
/// The built-in researcher: no network, no language model, no clock. The same record gives the same proposal.
/// </summary>
/// <param name="spec">The study: its space, its seed, its limits.</param>
public sealed class EmbeddedResearcher(StudySpec spec)
{
    /// <summary>The next experiment, or null when nothing is left to try.</summary>
    /// <param name="seen">All that the study has recorded so far, as far as this proposal may see it.</param>
    /// <param name="champion">Recipe to beat; changes are relative to it.</param>
    /// <param name="triedIdentities">Identities of every experiment proposed so far.</param>
    /// <param name="number">Number of the proposal, from 1.</param>
    public Proposal? Propose(StudyRecord seen, Recipe champion, IReadOnlySet<string> triedIdentities, int number)
    {
        _ = (spec, seen, champion, triedIdentities, number); // signature first; the search follows
        return null;
    }
}
