using Anneal.Lab.Ledger;

namespace Anneal.Lab.Research.Tools;

/// <summary>What the tools of one conversation work on, and what came of it.</summary>
/// <param name="Spec">The study.</param>
/// <param name="Question">What is known, and nothing else: the tools never read the ledger itself.</param>
/// <param name="Earlier">Findings of earlier studies.</param>
internal sealed record ProposalTask(StudySpec Spec, ResearchQuestion Question, IReadOnlyList<EarlierFinding> Earlier)
{
    /// <summary>FLOPs of a full run.</summary>
    public double Run { get; } = Question.Champion.Budget.Flops ?? 1;

    /// <summary>The record so far.</summary>
    public StudyRecord Seen => Question.Seen;

    /// <summary>Where a proposal came from, in the same words whether a model answered or a recording of it.</summary>
    public static string Source(Proposal proposal) => ProposalSource.Of(proposal) is not ProposalSource.Embedded and var source ? source : proposal.Source;

    /// <summary>The proposal, once made.</summary>
    public Proposal? Proposal { get; set; }

    /// <summary>Why there is nothing left to try, once said.</summary>
    public string? NothingLeft { get; set; }

    /// <summary>An experiment by its number, or a sentence that says which there are.</summary>
    public (ExperimentRecord? Experiment, string Problem) Find(int number) => Seen.Experiments.FirstOrDefault(experiment => experiment.Id == number) is { } found
        ? (found, "")
        : (null, Seen.Experiments.Count == 0 ? $"There is no experiment {number}: none is decided yet." : number <= Seen.Experiments.Count + Question.InFlight.Count
            ? $"Experiment {number} is under way and has no result yet; decided are 1 to {Seen.Experiments.Count}."
            : $"There is no experiment {number}; decided are 1 to {Seen.Experiments.Count}.");
}
