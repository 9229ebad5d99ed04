namespace Anneal.Lab;

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
