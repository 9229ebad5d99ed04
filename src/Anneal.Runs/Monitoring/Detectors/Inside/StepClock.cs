using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Seconds of wall clock between two steps, and a step's own duration for its tokens, from whatever of the signals there is. A clock
/// that was set back counts again from where it had been.
/// </summary>
internal sealed class StepClock
{
    private double time = double.NegativeInfinity;
    private long tokens, tokensBefore;
    private int step;

    /// <summary>Seconds from the last step to this one, pauses included; null where unknown, at the first step and after a step back.</summary>
    public double? Gap { get; private set; }

    /// <summary>Seconds a step, or a token where the tokens are said; null where unknown.</summary>
    public double? Duration { get; private set; }

    /// <summary>The step holds another number of tokens than the last: durations before do not compare.</summary>
    public bool Resized { get; private set; }

    /// <summary>Takes in a step.</summary>
    public void Take(StepMetrics metrics)
    {
        var steps = metrics.Step - step;
        step = metrics.Step;
        var elapsed = steps > 0 && metrics.Time is { } now && double.IsFinite(now) ? Passed(now) : null;
        if (steps <= 0 && metrics.Time is { } restart) time = restart;
        Gap = elapsed ?? (steps == 1 && metrics.Time is null ? metrics.StepSeconds : null);

        var count = metrics.Tokens is { } total && steps > 0 ? (total - tokens) / steps : 0;
        tokens = metrics.Tokens ?? 0;
        Resized = Math.Abs(count - tokensBefore) > tokensBefore / 50;
        tokensBefore = count;
        Duration = metrics.TokensPerSecond is > 0 ? 1 / metrics.TokensPerSecond
            : (metrics.StepSeconds ?? elapsed / steps) is > 0 and var seconds ? (count > 0 ? seconds / count : seconds) : null;
    }

    private double? Passed(double now)
    {
        if (double.IsNegativeInfinity(time) || now <= time)
        {
            if (double.IsNegativeInfinity(time)) time = now;
            return null;
        }
        var passed = now - time;
        time = now;
        return passed;
    }
}
