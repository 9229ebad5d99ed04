using Anneal.Lab.Ledger;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Execution;

/// <summary>A run that a study wants: done once, remembered for ever.</summary>
internal sealed record Job
{
    /// <summary>What it is for, unique within the study; with the study's name, the run's id.</summary>
    public required string Key { get; init; }

    /// <summary>Why it is made.</summary>
    public required RunRole Role { get; init; }

    /// <summary>Recipe with its seeds and with the budget of this run.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Experiment it belongs to, or null.</summary>
    public int? Experiment { get; init; }

    /// <summary>Pair index.</summary>
    public int Pair { get; init; }

    /// <summary>Fraction of a full run.</summary>
    public double Rung { get; init; } = 1;

    /// <summary>Split on which it is evaluated: <c>val</c> or <c>test</c>.</summary>
    public string Split { get; init; } = "val";

    /// <summary>Champion's curve at the same budget; the run is stopped when it is hopelessly above. Null: never.</summary>
    public IReadOnlyList<CurvePoint>? Reference { get; init; }

    /// <summary>Earlier experiments go first: the later ones wait for their verdicts anyway.</summary>
    public int Urgency => Experiment ?? 0;
}
