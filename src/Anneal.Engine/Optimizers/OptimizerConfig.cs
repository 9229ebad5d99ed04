namespace Anneal.Engine.Optimizers;

/// <summary>Optimizer of a run and its constants.</summary>
public sealed record OptimizerConfig
{
    /// <summary>AdamW for everything, or Muon for the hidden matrices and AdamW for the rest.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.AdamW;

    /// <summary>Peak learning rate: of every parameter with AdamW, of the hidden matrices with Muon.</summary>
    public double Lr { get; init; } = 3e-3;

    /// <summary>Peak learning rate of the AdamW part under Muon (embeddings, head, gains, biases). Unused with AdamW.</summary>
    public double AdamLr { get; init; } = 5e-3;

    /// <summary>AdamW's first and second moment decay.</summary>
    public Betas Betas { get; init; } = new(0.9, 0.95);

    /// <summary>AdamW's epsilon.</summary>
    public double Eps { get; init; } = 1e-8;

    /// <summary>Muon's momentum (Nesterov).</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>Decoupled weight decay, times the learning rate; matrices only, never gains, biases or position tables.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Global gradient norm is clipped to this; 0 turns it off.</summary>
    public double Clip { get; init; } = 1.0;

    /// <summary>Multipliers on the learning rate by parameter group.</summary>
    public GroupScales Groups { get; init; } = new();
}

/// <summary>Which optimizer.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay (arXiv 1711.05101).</summary>
    AdamW,

    /// <summary>Momentum orthogonalised by five Newton-Schulz steps, for hidden matrices; AdamW for the rest.</summary>
    Muon,
}
