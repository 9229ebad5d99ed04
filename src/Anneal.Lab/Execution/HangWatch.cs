namespace Anneal.Lab.Execution;

/// <summary>Tells a hung run from a slow one by its own pace: it may be silent for many times its longest pause so far.</summary>
/// <param name="floor">Least silence that counts as hung.</param>
internal sealed class HangWatch(TimeSpan floor)
{
    // A checkpoint or a page fault storm may take many steps' time; a hung process takes forever.
    private const double Patience = 20;

    private TimeSpan longest;
    private TimeSpan last;

    /// <summary>Silence that is still believed.</summary>
    public TimeSpan Limit => TimeSpan.FromTicks(Math.Max(floor.Ticks, (long)(Patience * longest.Ticks)));

    /// <summary>A sign of life.</summary>
    /// <param name="now">Monotonic time since the run started.</param>
    public void Heard(TimeSpan now)
    {
        if (now - last > longest) longest = now - last;
        last = now;
    }

    /// <summary>Silent for too long.</summary>
    /// <param name="now">Monotonic time since the run started.</param>
    public bool IsHung(TimeSpan now) => now - last > Limit;
}
