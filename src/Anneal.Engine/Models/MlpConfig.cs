namespace Anneal.Engine.Models;

/// <summary>The feed-forward half of a block.</summary>
public sealed record MlpConfig
{
    /// <summary>Activation; <see cref="MlpKind.Swiglu"/> adds a gate, its hidden width is <c>Ratio * Width * 2 / 3</c>, rounded to a multiple of 16.</summary>
    public MlpKind Kind { get; init; } = MlpKind.Gelu;

    /// <summary>Hidden width as a multiple of the model's width.</summary>
    public double Ratio { get; init; } = 4;
}

/// <summary>Activation of the feed-forward half.</summary>
public enum MlpKind
{
    /// <summary>GELU, tanh form (GPT-2).</summary>
    Gelu,

    /// <summary>Square of ReLU.</summary>
    Relu2,

    /// <summary>SiLU of a gate times a linear part.</summary>
    Swiglu,
}
