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
