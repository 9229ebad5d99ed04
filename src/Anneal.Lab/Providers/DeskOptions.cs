namespace Anneal.Lab.Providers;

/// <summary>Patience and thrift of a desk.</summary>
internal sealed record DeskOptions
{
    /// <summary>Times that a turn is sent before its failure stands.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Wait after the first failure; it doubles with each.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait by our own count.</summary>
    public TimeSpan MostDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait that a provider may ask for; beyond it the failure stands.</summary>
    public TimeSpan MostRetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>An answer is not asked for with fewer tokens than this, however little money is left.</summary>
    public int LeastTokens { get; init; } = 1024;

    /// <summary>Clock for the waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
