namespace Anneal.Engine.Models;

/// <summary>Shape and parts of a decoder-only transformer. The vocabulary is the tokenizer's and is passed beside it.</summary>
public sealed record ModelConfig
{
    /// <summary>Number of blocks. 1 to 64.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Width of the residual stream. A multiple of <see cref="Heads"/>.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Query heads; head width is <c>Width / Heads</c> and even.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Key and value heads (grouped-query attention); divides <see cref="Heads"/>. 0 means as many as heads.</summary>
    public int KvHeads { get; init; }

    /// <summary>Longest sequence, in tokens.</summary>
    public int Context { get; init; } = 256;

    /// <summary>The feed-forward half of a block.</summary>
    public MlpConfig Mlp { get; init; } = new();

    /// <summary>Normalisation kind and place.</summary>
    public NormConfig Norm { get; init; } = new();

    /// <summary>How positions enter.</summary>
    public PositionConfig Position { get; init; } = new();

    /// <summary>RMS-normalise queries and keys per head before the dot product (no gain).</summary>
    public bool QkNorm { get; init; }

    /// <summary>Logits become <c>c * tanh(logits / c)</c>; 0 turns it off.</summary>
    public double LogitSoftcap { get; init; }

    /// <summary>Input embedding and output projection share one matrix.</summary>
    public bool TieEmbeddings { get; init; } = true;

    /// <summary>Linear layers carry a bias, as in GPT-2.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Projections that write into the residual stream start at zero.</summary>
    public bool ZeroInit { get; init; }

    /// <summary>Standard deviation of the initial weights; residual projections use it divided by <c>sqrt(2 * Layers)</c>.</summary>
    public double InitStd { get; init; } = 0.02;
}

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

/// <summary>Normalisation of the residual stream.</summary>
public sealed record NormConfig
{
    /// <summary>Layer norm or RMS norm.</summary>
    public NormKind Kind { get; init; } = NormKind.Layer;

    /// <summary>Where in the block it stands.</summary>
    public NormPlace Place { get; init; } = NormPlace.Pre;
}

/// <summary>Kind of normalisation.</summary>
public enum NormKind
{
    /// <summary>Mean and variance, with gain and (with <see cref="ModelConfig.Bias"/>) bias.</summary>
    Layer,

    /// <summary>Root mean square, with gain.</summary>
    Rms,
}

/// <summary>Place of the normalisation.</summary>
public enum NormPlace
{
    /// <summary>Before attention and MLP, and once before the head.</summary>
    Pre,

    /// <summary>After each residual addition, as in the first transformer.</summary>
    Post,

    /// <summary>Before each half and again on its output, before the addition.</summary>
    Peri,
}

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
