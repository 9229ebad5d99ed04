namespace Anneal.Engine.Models;

/// <summary>How positions enter the model.</summary>
public sealed record PositionConfig
{
    /// <summary>Learned table, rotary, or none.</summary>
    public PositionKind Kind { get; init; } = PositionKind.Learned;

    /// <summary>Base of the rotary wavelengths.</summary>
    public double Theta { get; init; } = 10_000;
}

/// <summary>Kind of position encoding.</summary>
public enum PositionKind
{
    /// <summary>A learned vector per position, added to the embedding.</summary>
    Learned,

    /// <summary>Rotary embedding of queries and keys (half-split pairs).</summary>
    Rope,
}
