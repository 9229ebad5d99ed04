namespace Anneal.Lab.Ledger;

/// <summary>What a study's calls to language models came to.</summary>
public sealed record CallSummary
{
    /// <summary>Calls that were sent, failed and lost ones included.</summary>
    public int Calls { get; init; }

    /// <summary>Calls with an answer.</summary>
    public int Answered { get; init; }

    /// <summary>Calls lost in flight: nobody knows whether they were paid for, so each counts at the most that it can cost.</summary>
    public int Uncertain { get; init; }

    /// <summary>Recorded answers to questions that were not the recorded ones: a replay on other hardware, or of another study.</summary>
    public int Drifted { get; init; }

    /// <summary>Tokens read, neither from a cache nor into one.</summary>
    public long Input { get; init; }

    /// <summary>Tokens written, thinking included.</summary>
    public long Output { get; init; }

    /// <summary>Tokens read from a cache.</summary>
    public long CacheRead { get; init; }

    /// <summary>Tokens written into a cache.</summary>
    public long CacheWrite { get; init; }

    /// <summary>Dollars.</summary>
    public double Usd { get; init; }

    /// <summary>Share of the tokens read that came from a cache, 0 to 1; 0 before any call.</summary>
    public double CacheShare => Input + CacheRead + CacheWrite is > 0 and var read ? (double)CacheRead / read : 0;
}
