using Anneal.Lab.Code;
using Anneal.Lab.Ledger;
using Anneal.Lab.Subjects;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>Says what to try next. The same question gets the same answer, or the ledger remembers the first.</summary>
public interface IResearcher
{
    /// <summary>The next experiment, or null when nothing is left to try.</summary>
    /// <param name="question">What is known.</param>
    /// <param name="cancel">The study stops.</param>
    Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel);
}

/// <summary>All that a proposal may depend on.</summary>
public sealed record ResearchQuestion
{
    /// <summary>The study as far as this proposal may see it: what is decided, nothing that depends on the clock.</summary>
    public required StudyRecord Seen { get; init; }

    /// <summary>Recipe to beat; changes are relative to it. Says nothing in the study of a repository.</summary>
    public required Recipe Champion { get; init; }

    /// <summary>State of the repository to beat; edits are relative to it. Null in a study of our own trainer.</summary>
    internal Revision? Revision { get; init; }

    /// <summary>Identities (<see cref="ExperimentIdentity"/>) of every experiment proposed so far.</summary>
    public required IReadOnlySet<string> Tried { get; init; }

    /// <summary>Number of the proposal, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Proposals whose experiments are under way: known, but without results.</summary>
    public IReadOnlyList<Proposal> InFlight { get; init; } = [];

    /// <summary>What makes a recipe, and the code that comes with it, impossible in this study, in a sentence; null for what can be run.</summary>
    public Func<Recipe, ProposedCode?, string?> FlawOf { get; init; } = (_, _) => null;

    /// <summary>Makes a short run of the champion with a change, for a researcher that wants to see before it proposes; null where the study has none to give.</summary>
    public Func<DiagnosisOrder, CancellationToken, Task<Diagnosis>>? DiagnoseAsync { get; init; }
}
