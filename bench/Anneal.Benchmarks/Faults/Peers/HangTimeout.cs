using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// NVIDIA Resiliency Extension, fault tolerance with deduced timeouts: no heartbeat within 5 times the longest interval seen so far; the
/// rank is restarted. A recording shows the gap only with the step that ends it; the timeout is deduced once 16 intervals were seen.
/// </summary>
internal sealed class HangTimeout : IPeerRule
{
    private const int Least = 16;
    private const double Factor = 5;

    private double? last;
    private double longest;
    private int intervals;

    public Consequence? Hear(StepMetrics step)
    {
        if (step.Time is not { } time) return null;
        var interval = time - last;
        last = time;
        if (interval is not { } seconds || seconds < 0) return null;
        if (++intervals > Least && seconds > Factor * longest) return Consequence.Act;
        longest = Math.Max(longest, seconds);
        return null;
    }
}
