using Anneal.Runs.Evaluation;

namespace Anneal.Lab;

/// <summary>A study as its YAML file says it, defaults filled in.</summary>
public sealed record StudySpec
{
    /// <summary>Name; the study's identity in the lab.</summary>
    public required string Study { get; init; }

    /// <summary>What is minimised.</summary>
    public string Objective { get; init; } = "val/bpb";

    /// <summary>Baseline recipe file, relative to the study's file.</summary>
    public required string Recipe { get; init; }

    /// <summary><c>dotnet-docs</c>, <c>man-pages</c> or a path; it overrides the recipe's.</summary>
    public string Corpus { get; init; } = "dotnet-docs";

    /// <summary>Hard limits of the whole study.</summary>
    public StudyBudget Budget { get; init; } = new();

    /// <summary><c>embedded</c>: the built-in search; no language model.</summary>
    public string Researcher { get; init; } = "embedded";

    /// <summary>Experiments (and one-thread runs) in flight. 0 takes the machine's cores.</summary>
    public int Parallel { get; init; }

    /// <summary>Seed of everything the study draws.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The gate.</summary>
    public AcceptanceSpec Acceptance { get; init; } = new();

    /// <summary>The ruler.</summary>
    public EvaluationSpec Evaluation { get; init; } = new();

    /// <summary>What may be tried.</summary>
    public SearchSpace Space { get; init; } = new();

    /// <summary>Screening rungs, as rising fractions of the recipe's FLOP budget, each a complete, rescaled run.</summary>
    public IReadOnlyList<double> Rungs { get; init; } = [0.25, 0.5];

    /// <summary>How the baseline, the noise and the seal are measured.</summary>
    public NoiseSpec Noise { get; init; } = new();
}

/// <summary>Hard limits; 0 or null means none.</summary>
public sealed record StudyBudget
{
    /// <summary>Counted training FLOPs over all runs, the sealed comparison included.</summary>
    public double? Flops { get; init; }

    /// <summary>Wall-clock seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>Dollars for a language model.</summary>
    public double? Usd { get; init; }

    /// <summary>Most experiments that are proposed.</summary>
    public int Experiments { get; init; } = 100;
}

/// <summary>The acceptance gate's settings.</summary>
public sealed record AcceptanceSpec
{
    /// <summary>Chance of any false acceptance over the whole campaign.</summary>
    public double FalseAccept { get; init; } = 0.05;

    /// <summary>Smallest effect worth having, in units of the objective.</summary>
    public double MinEffect { get; init; }

    /// <summary>Most confirmation pairs an experiment may use.</summary>
    public int MaxPairs { get; init; } = 8;
}

/// <summary>Runs that only measure: the baseline's seeds, the null pairs, the sealed comparison.</summary>
public sealed record NoiseSpec
{
    /// <summary>Null pairs: same data order, another initialisation. Their first arms are the baseline's seeds.</summary>
    public int NullPairs { get; init; } = 4;

    /// <summary>Pairs with the same initialisation and the learning rate times 1.0001.</summary>
    public int NudgePairs { get; init; } = 2;

    /// <summary>Seeds of champion and baseline on the sealed test split.</summary>
    public int SealedPairs { get; init; } = 4;
}

/// <summary>Numeric and categorical knobs, and the ideas that are allowed.</summary>
public sealed record SearchSpace
{
    /// <summary>Knobs by recipe key, in the file's order.</summary>
    public IReadOnlyList<Knob> Knobs { get; init; } = [];

    /// <summary>Only these ideas of the library; empty means all.</summary>
    public IReadOnlyList<string> AllowIdeas { get; init; } = [];

    /// <summary>Ideas that are barred.</summary>
    public IReadOnlyList<string> BarIdeas { get; init; } = [];
}

/// <summary>One dimension of the search.</summary>
/// <param name="Key">Recipe key, for example <c>optimizer.lr</c>.</param>
/// <param name="Type">Real, whole, or one of <paramref name="Values"/>.</param>
/// <param name="Min">Least value (numeric).</param>
/// <param name="Max">Greatest value (numeric).</param>
/// <param name="Log">Searched on a logarithmic scale.</param>
/// <param name="Values">Choices (categorical), as YAML scalars.</param>
public sealed record Knob(string Key, KnobType Type, double Min, double Max, bool Log, IReadOnlyList<string> Values);

/// <summary>Type of a knob.</summary>
public enum KnobType
{
    /// <summary>A real number.</summary>
    Float,

    /// <summary>A whole number.</summary>
    Int,

    /// <summary>One of a list.</summary>
    Choice,
}
