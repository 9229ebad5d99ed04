namespace Anneal.Engine.Models;

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
