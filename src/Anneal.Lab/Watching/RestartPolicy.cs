namespace Anneal.Lab.Watching;

/// <summary>When a command that ended is started again. Bounded, and slower each time it ends soon.</summary>
/// <param name="Most">Restarts over the whole watch.</param>
/// <param name="Backoff">Wait after the first crash.</param>
internal readonly record struct RestartPolicy(int Most, TimeSpan Backoff)
{
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(5), settled = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait before the next start; null: it is not started again.</summary>
    /// <param name="restarts">Made so far.</param>
    /// <param name="quick">Attempts in a row, this one included, that ended soon.</param>
    /// <param name="exitCode">Of the command that ended by itself, or was ended to be started again.</param>
    public TimeSpan? Wait(int restarts, int quick, int exitCode)
    {
        if (restarts >= Most) return null;
        return exitCode switch
        {
            0 or ExitWords.ResultValidationFailed or ExitWords.CannotRun or ExitWords.NotFound => null,
            // It says itself that it wants to be started again.
            ExitWords.ResumeToDisambiguate => TimeSpan.Zero,
            _ => TimeSpan.FromTicks(Math.Min(longest.Ticks, Backoff.Ticks << Math.Clamp(quick - 1, 0, 16))),
        };
    }

    /// <summary>Whether an attempt ended soon.</summary>
    public static bool IsQuick(TimeSpan took) => took < settled;
}
