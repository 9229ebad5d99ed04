namespace Anneal.Engine.Training;

/// <summary>What one step did.</summary>
public readonly record struct StepReport
{
    /// <summary>The step just done, from 1.</summary>
    public long Step { get; init; }

    /// <summary>Tokens trained on so far, this step's included.</summary>
    public long Tokens { get; init; }

    /// <summary>Mean loss of the batch before the update, in nats per token.</summary>
    public double Loss { get; init; }

    /// <summary>Learning rate used (under Muon that of the hidden matrices), schedule and control scale included.</summary>
    public double LearningRate { get; init; }

    /// <summary>Global L2 norm of the gradient before clipping.</summary>
    public double GradNorm { get; init; }

    /// <summary>L2 norm of the parameters' change; 0 when the update was refused.</summary>
    public double UpdateNorm { get; init; }

    /// <summary>L2 norm of all parameters after the update.</summary>
    public double ParamNorm { get; init; }

    /// <summary>The gradient was scaled down to the clip norm.</summary>
    public bool Clipped { get; init; }

    /// <summary>Loss or gradient was not finite, and the update was refused.</summary>
    public bool Nonfinite { get; init; }

    /// <summary>Hash of the batch's token ids, look-ahead included.</summary>
    public ulong BatchHash { get; init; }

    /// <summary>Share of the batch's tokens that this run had read before, 0 to 1.</summary>
    public double RepeatFraction { get; init; }

    /// <summary>Entropy of the batch's token frequencies, in nats.</summary>
    public double TokenEntropy { get; init; }
}
