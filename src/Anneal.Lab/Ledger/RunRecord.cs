namespace Anneal.Lab.Ledger;

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
