using Anneal.Lab.Evidence;
using Anneal.Lab.Research;

namespace Anneal.Lab.Ledger;

/// <summary>An experiment as the ledger holds it.</summary>
public sealed record ExperimentRecord
{
    /// <summary>From 1, in the order of proposal.</summary>
    public required int Id { get; init; }

    /// <summary>Hash of both resolved recipes without seeds.</summary>
    public required string Identity { get; init; }

    /// <summary>The hypothesis and its change.</summary>
    public required Proposal Proposal { get; init; }

    /// <summary><c>queued</c>, <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Null until done, then immutable.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Who measured.</summary>
    public EvidenceGrade Grade { get; init; }

    /// <summary>Its change became part of the champion: confirmed, or passed the gate on values that the subject reported itself.</summary>
    public bool Adopted { get => field || Verdict == Lab.Evidence.Verdict.Confirmed; init; }

    /// <summary>Why the verdict is what it is, in a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>Screening, rung by rung.</summary>
    public IReadOnlyList<ScreenRecord> Screens { get; init; } = [];

    /// <summary>Confirmation pairs.</summary>
    public IReadOnlyList<PairRecord> Pairs { get; init; } = [];

    /// <summary>Mean difference over the pairs, or the screening's extrapolation where there was no pair.</summary>
    public double? Effect { get; init; }

    /// <summary>95% confidence sequence over the pairs; null without pairs.</summary>
    public (double Low, double High)? Interval { get; init; }

    /// <summary>E-value after the last pair, and the bar it had to reach.</summary>
    public (double Value, double Bar)? Evidence { get; init; }

    /// <summary>All FLOPs spent on it, screening included.</summary>
    public double Flops { get; init; }

    /// <summary>Wall-clock seconds of its runs, added up.</summary>
    public double Seconds { get; init; }

    /// <summary>Resolved champion recipe it was held against (YAML).</summary>
    public string ControlRecipe { get; init; } = "";

    /// <summary>Resolved changed recipe (YAML).</summary>
    public string TreatmentRecipe { get; init; } = "";
}
