using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// NVIDIA Resiliency Extension, straggler detection: the individual score, best median step time over the present one, below 0.75. One rank
/// is seen, so that the relative score is not; a report takes the median of 16 steps. Logs.
/// </summary>
internal sealed class Straggler : IPeerRule
{
    private const int Report = 16;
    private const double Threshold = 0.75;

    private readonly Window window = new(Report);
    private double? lastTime;
    private double best = double.PositiveInfinity;
    private int heard;

    public Consequence? Hear(StepMetrics step)
    {
        var seconds = step.StepSeconds ?? step.Time - lastTime;
        lastTime = step.Time;
        if (seconds is not > 0) return null;
        window.Add(seconds.Value);
        if (++heard % Report != 0) return null;
        var median = window.Median();
        best = Math.Min(best, median);
        return best / median < Threshold ? Consequence.Warn : null;
    }
}
