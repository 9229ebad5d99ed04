using Anneal.Lab.Evidence;
using Anneal.Lab.Research;

namespace Anneal.Lab.Ledger;

/// <summary>Why a run was made.</summary>
public enum RunRole
{
    /// <summary>Baseline seed, first arm of a null pair.</summary>
    Baseline,

    /// <summary>Second arm of a null pair: another initialisation.</summary>
    Null,

    /// <summary>Second arm of a nudge pair: learning rate times 1.0001.</summary>
    Nudge,

    /// <summary>Screening, champion.</summary>
    ScreenControl,

    /// <summary>Screening, change.</summary>
    Screen,

    /// <summary>Confirmation, champion re-measured.</summary>
    Control,

    /// <summary>Confirmation, change.</summary>
    Treatment,

    /// <summary>Sealed comparison, baseline.</summary>
    SealedBaseline,

    /// <summary>Sealed comparison, champion.</summary>
    SealedChampion,
}

/// <summary>A run as the ledger holds it, complete.</summary>
public sealed record RunRecord
{
    /// <summary>Short id, unique in the lab; the directory under <c>runs/</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Study that asked for it.</summary>
    public required string Study { get; init; }

    /// <summary>Experiment it belongs to; null for baseline, noise and seal.</summary>
    public int? Experiment { get; init; }

    /// <summary>Why it was made.</summary>
    public required RunRole Role { get; init; }

    /// <summary>Pair index within role and experiment, from 0.</summary>
    public int Pair { get; init; }

    /// <summary>Fraction of the recipe's full budget: 1, or the screening rung.</summary>
    public double Rung { get; init; } = 1;

    /// <summary>Resolved recipe, YAML.</summary>
    public required string Recipe { get; init; }

    /// <summary>Hash of the recipe without seeds.</summary>
    public required string RecipeHash { get; init; }

    /// <summary>Initialisation seed.</summary>
    public long Seed { get; init; }

    /// <summary>Data order seed.</summary>
    public long OrderSeed { get; init; }

    /// <summary><c>done</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Objective on the split that was measured; null where the run failed.</summary>
    public double? Value { get; init; }

    /// <summary>Split: <c>val</c> or <c>test</c>.</summary>
    public string Split { get; init; } = "val";

    /// <summary>Steps done.</summary>
    public int Steps { get; init; }

    /// <summary>Tokens trained on.</summary>
    public long Tokens { get; init; }

    /// <summary>Counted training FLOPs.</summary>
    public double Flops { get; init; }

    /// <summary>Wall-clock seconds, start to evaluated.</summary>
    public double Seconds { get; init; }

    /// <summary>Parameters of the model.</summary>
    public long Parameters { get; init; }

    /// <summary>Train loss (nats a token) over the run: at most 64 points of (tokens, loss), smoothed in their bins.</summary>
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];
}

/// <summary>A point of a learning curve.</summary>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Loss">Mean train loss in the bin, nats a token.</param>
public readonly record struct CurvePoint(long Tokens, double Loss);

/// <summary>A confirmation (or null, or sealed) pair.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Control">Objective of the control.</param>
/// <param name="Treatment">Objective of the treatment.</param>
/// <param name="ControlRun">Run id.</param>
/// <param name="TreatmentRun">Run id.</param>
public sealed record PairRecord(int Index, double Control, double Treatment, string ControlRun, string TreatmentRun)
{
    /// <summary>Control minus treatment: positive is better.</summary>
    public double Difference => Control - Treatment;
}

/// <summary>A screening rung of an experiment.</summary>
/// <param name="Fraction">Of the full budget.</param>
/// <param name="Control">Champion's objective at the rung; null if it failed.</param>
/// <param name="Treatment">Changed recipe's objective; null if it failed.</param>
/// <param name="Extrapolated">Effect expected at the full budget.</param>
/// <param name="ExtrapolatedSd">Its standard deviation.</param>
/// <param name="Decision"><c>promote</c>, <c>next</c> or <c>stop</c>.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record ScreenRecord(double Fraction, double? Control, double? Treatment, double Extrapolated, double ExtrapolatedSd, string Decision, string Reason);

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

/// <summary>Something the monitor or the lab saw go wrong.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Experiment">Experiment, or null.</param>
/// <param name="Step">Step at which it was seen.</param>
/// <param name="Severity"><c>warn</c> or <c>act</c>.</param>
/// <param name="Action">What was done.</param>
/// <param name="Detector">Who saw it.</param>
/// <param name="Cause">One of optimizer, data, numerics, model, infrastructure, schedule, evaluation.</param>
/// <param name="Message">Plain sentence.</param>
public sealed record IncidentRecord(string Run, int? Experiment, int Step, string Severity, string Action, string Detector, string Cause, string Message);

/// <summary>The single opening of the sealed split.</summary>
/// <param name="Metric">For example <c>test/bpb</c>.</param>
/// <param name="Pairs">Baseline (control) against champion (treatment).</param>
/// <param name="Effect">Mean of baseline minus champion.</param>
/// <param name="Low">Lower end of the 95% t-interval.</param>
/// <param name="High">Upper end.</param>
public sealed record SealedRecord(string Metric, IReadOnlyList<PairRecord> Pairs, double Effect, double Low, double High);

/// <summary>All of a study that a report or a researcher needs; read from the ledger.</summary>
public sealed record StudyRecord
{
    /// <summary>The study as it was started.</summary>
    public required StudySpec Spec { get; init; }

    /// <summary>Resolved baseline recipe (YAML).</summary>
    public required string Baseline { get; init; }

    /// <summary>Champion of the moment (YAML).</summary>
    public required string Champion { get; init; }

    /// <summary><c>running</c>, <c>interrupted</c>, <c>done</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Baseline against another initialisation.</summary>
    public IReadOnlyList<PairRecord> NullPairs { get; init; } = [];

    /// <summary>Baseline against the learning rate times 1.0001.</summary>
    public IReadOnlyList<PairRecord> NudgePairs { get; init; } = [];

    /// <summary>Experiments in order.</summary>
    public IReadOnlyList<ExperimentRecord> Experiments { get; init; } = [];

    /// <summary>Runs in order of completion.</summary>
    public IReadOnlyList<RunRecord> Runs { get; init; } = [];

    /// <summary>Incidents in order.</summary>
    public IReadOnlyList<IncidentRecord> Incidents { get; init; } = [];

    /// <summary>The sealed comparison, once made.</summary>
    public SealedRecord? Sealed { get; init; }

    /// <summary>Openings of sealed splits across the lab, this one included.</summary>
    public int SealedOpenings { get; init; }

    /// <summary>FLOPs of completed runs.</summary>
    public double FlopsSpent { get; init; }

    /// <summary>Wall-clock seconds over all sittings.</summary>
    public double SecondsSpent { get; init; }

    /// <summary>What the study ran on and with: host, cores, instruction set, runtime, corpus and tokenizer hashes, commit.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();
}
