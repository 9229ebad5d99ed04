using Anneal.Lab.Ledger;

namespace Anneal.Lab.Research.Tools;

/// <summary>What the tools of one conversation work on, and what came of it.</summary>
/// <param name="Spec">The study.</param>
/// <param name="Question">What is known, and nothing else: the tools never read the ledger itself.</param>
/// <param name="Earlier">Findings of earlier studies.</param>
/// <param name="Source">Source of a proposal made here: <c>model:NAME</c>.</param>
internal sealed record ProposalTask(StudySpec Spec, ResearchQuestion Question, IReadOnlyList<EarlierFinding> Earlier, string Source)
{
    /// <summary>FLOPs of a full run.</summary>
    public double Run { get; } = Question.Champion.Budget.Flops ?? 1;

    /// <summary>The record so far.</summary>
    public StudyRecord Seen => Question.Seen;

    /// <summary>The proposal, once made.</summary>
    public Proposal? Proposal { get; set; }

    /// <summary>Why there is nothing left to try, once said.</summary>
    public string? NothingLeft { get; set; }

    /// <summary>Looks that were made, so that a proposal's reader knows.</summary>
    public int Diagnoses { get; set; }

    /// <summary>An experiment by its number, or a sentence that says which there are.</summary>
    public (ExperimentRecord? Experiment, string Problem) Find(int number) => Seen.Experiments.FirstOrDefault(experiment => experiment.Id == number) is { } found
        ? (found, "")
        : (null, Seen.Experiments.Count == 0 ? $"There is no experiment {number}: none is decided yet." : number <= Seen.Experiments.Count + Question.InFlight.Count
            ? $"Experiment {number} is under way and has no result yet; decided are 1 to {Seen.Experiments.Count}."
            : $"There is no experiment {number}; decided are 1 to {Seen.Experiments.Count}.");
}
