namespace Anneal.Lab.Watching;

/// <summary>How one start of the command ended.</summary>
/// <param name="ExitCode">128 + signal for a killed one; 126 or 127 for one that could not be started.</param>
/// <param name="End">Why.</param>
/// <param name="Reason">In a sentence.</param>
/// <param name="Took">How long it ran.</param>
internal sealed record Attempt(int ExitCode, WatchEnd End, string Reason, TimeSpan Took)
{
    /// <summary>It was ended to be started again.</summary>
    public bool WasHung { get; init; }
}
