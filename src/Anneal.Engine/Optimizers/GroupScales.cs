namespace Anneal.Engine.Optimizers;

/// <summary>Learning-rate multipliers by parameter group; 1 leaves the rate as it is.</summary>
public sealed record GroupScales
{
    /// <summary>Token and position embeddings (and the tied head).</summary>
    public double Embedding { get; init; } = 1;

    /// <summary>An untied output projection.</summary>
    public double Head { get; init; } = 1;

    /// <summary>Gains and biases.</summary>
    public double Scalar { get; init; } = 1;
}
