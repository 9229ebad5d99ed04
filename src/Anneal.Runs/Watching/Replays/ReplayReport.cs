namespace Anneal.Runs.Watching.Replays;

/// <summary>What a replay read, and what of it it could not use.</summary>
public sealed record ReplayReport
{
    /// <summary>Lines of the stream, empty ones included.</summary>
    public long Lines { get; init; }

    /// <summary>Training steps that the monitor was shown.</summary>
    public long Steps { get; init; }

    /// <summary>First and last of them, by the stream's own count.</summary>
    public (int First, int Last) Span { get; init; }

    /// <summary>Lines with numbers but no train loss, shown as measurements.</summary>
    public long Measurements { get; init; }

    /// <summary>Incidents.</summary>
    public long Incidents { get; init; }

    /// <summary>Times that the run went back to an earlier step.</summary>
    public long Restarts { get; init; }

    /// <summary>Steps that were said before, with the same loss; left out.</summary>
    public long Duplicates { get; init; }

    /// <summary>Single steps that came after their successors; left out.</summary>
    public long Late { get; init; }

    /// <summary>Places where steps are missing.</summary>
    public long Gaps { get; init; }

    /// <summary>Lines that were not understood: no object, torn, too long, or without a number.</summary>
    public long NotUnderstood { get; init; }

    /// <summary>The first of them, from 1, and how it begins; null where there is none.</summary>
    public (long Line, string Excerpt)? FirstNotUnderstood { get; init; }

    /// <summary>Why the stream ended before its end: a truncated archive. Null: it was read whole.</summary>
    public string? CutShort { get; init; }

    /// <summary>Wall-clock seconds of the replay.</summary>
    public double Seconds { get; init; }
}
