using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// Lightning's <c>SpikeDetection</c> (window 10, warmup 1, rtol 2.0, finite only): a loss that is not finite, or that exceeds the last one and
/// lies at least twice the running mean above it. A spike stays out of the mean, the last two batches are excluded, and an exception
/// ends the run.
/// </summary>
internal sealed class SpikeDetection : IPeerRule
{
    private const int Length = 10;
    private const double RelativeTolerance = 2;

    private readonly Window window = new(Length);
    private double last;

    public Consequence? Hear(StepMetrics step)
    {
        var mean = window.Count > 0 ? window.Mean() : double.NaN;
        var spike = window.Count > 0 && (!double.IsFinite(step.Loss) || step.Loss > last && Math.Abs(step.Loss - mean) >= RelativeTolerance * Math.Abs(mean));
        if (spike) return Consequence.Stop;
        if (double.IsFinite(step.Loss)) window.Add(step.Loss);
        last = step.Loss;
        return null;
    }
}
