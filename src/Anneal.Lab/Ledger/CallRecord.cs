using Anneal.Lab.Providers;

namespace Anneal.Lab.Ledger;

/// <summary>A call to a language model as the ledger holds it, with what became of it.</summary>
public sealed record CallRecord
{
    /// <summary>Number in the lab, in the order of sending.</summary>
    public required long Id { get; init; }

    /// <summary>Conversation: <c>proposal/3</c>, <c>diagnosis/RUN/STEP</c>.</summary>
    public required string Conversation { get; init; }

    /// <summary>Turn, from 0. A turn that failed was called again.</summary>
    public required int Turn { get; init; }

    /// <summary><c>claude</c>, <c>openai</c> or <c>replay</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>Model that was asked.</summary>
    public required string Model { get; init; }

    /// <summary>Hash of all that was said.</summary>
    public required string RequestHash { get; init; }

    /// <summary>What was new in this turn, JSON.</summary>
    public required string Request { get; init; }

    /// <summary>Most dollars that it can have cost.</summary>
    public required double ReservedUsd { get; init; }

    /// <summary>UTC, ISO 8601.</summary>
    public required string Sent { get; init; }

    /// <summary><c>answered</c>, <c>failed</c> or <c>uncertain</c>; null while it is under way.</summary>
    public string? Outcome { get; init; }

    /// <summary>The reply, JSON, as it came; null without one.</summary>
    public string? Reply { get; init; }

    /// <summary>Why there is no reply.</summary>
    public string? Error { get; init; }

    /// <summary>Billed tokens.</summary>
    public ModelUsage Usage { get; init; }

    /// <summary>Dollars charged; the reservation where it is uncertain or under way.</summary>
    public double Usd { get; init; }

    /// <summary>Seconds from sent to ended.</summary>
    public double Seconds { get; init; }
}
