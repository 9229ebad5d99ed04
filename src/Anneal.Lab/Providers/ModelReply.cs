using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>What a model answered.</summary>
public sealed record ModelReply
{
    /// <summary>Blocks, raw: thinking signatures survive only unchanged.</summary>
    public required JsonArray Content { get; init; }

    /// <summary><c>end_turn</c>, <c>tool_use</c>, <c>max_tokens</c>, <c>refusal</c>, <c>pause_turn</c>, <c>stop_sequence</c> or <c>model_context_window_exceeded</c>.</summary>
    public required string StopReason { get; init; }

    /// <summary>Tokens that are billed.</summary>
    public required ModelUsage Usage { get; init; }

    /// <summary>Model that answered, as the provider names it.</summary>
    public required string Model { get; init; }

    /// <summary>What the provider says about the stop, for example why it refused; null where it says nothing.</summary>
    public string? StopDetail { get; init; }

    /// <summary>A recorded answer to a question that is not the recorded one.</summary>
    public bool Drifted { get; init; }

    /// <summary>Provider's id of the call, for their support; null where they give none.</summary>
    public string? RequestId { get; init; }
}

/// <summary>Billed tokens of a call.</summary>
/// <param name="Input">Read, neither from a cache nor into one.</param>
/// <param name="Output">Written, thinking included.</param>
/// <param name="CacheRead">Read from a cache.</param>
/// <param name="CacheWrite">Written into a cache.</param>
public readonly record struct ModelUsage(long Input, long Output, long CacheRead = 0, long CacheWrite = 0)
{
    /// <summary>Share of the tokens read that came from a cache, 0 to 1.</summary>
    public double CacheHitShare => Input + CacheRead + CacheWrite is > 0 and var read ? (double)CacheRead / read : 0;
}
