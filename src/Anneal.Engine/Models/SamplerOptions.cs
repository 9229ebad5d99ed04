namespace Anneal.Engine.Models;

/// <summary>How a continuation is drawn.</summary>
public sealed record SamplerOptions
{
    /// <summary>Most new tokens. 0 or more.</summary>
    public int Tokens { get; init; } = 128;

    /// <summary>Divides the logits; 0 always takes the likeliest token. 0 to 100.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Only this many of the likeliest tokens are drawn from; 0 means all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Seed of the draws.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Ends the continuation, usually end-of-text; -1 never.</summary>
    public int StopToken { get; init; } = -1;

    internal void Check()
    {
        if (Tokens < 0) throw new ArgumentException($"tokens: {Tokens}; expected 0 or more.");
        if (!(Temperature is >= 0 and <= 100)) throw new ArgumentException($"temperature: {Temperature}; expected 0 to 100.");
        if (TopK < 0) throw new ArgumentException($"top_k: {TopK}; expected 0 (all) or more.");
    }
}
