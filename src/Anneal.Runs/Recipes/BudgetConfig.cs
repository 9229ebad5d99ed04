namespace Anneal.Runs.Recipes;

/// <summary>Length of the run; exactly one is set.</summary>
public sealed record BudgetConfig
{
    /// <summary>Training tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>Counted floating-point operations of training: forward, backward and update.</summary>
    public double? Flops { get; init; }

    /// <summary>Wall-clock seconds of training. Not reproducible; never used inside a study.</summary>
    public double? Seconds { get; init; }
}
