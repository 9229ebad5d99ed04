using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// The series that a patience rule watches: held-out loss where the run says it, else the mean training loss of each 50 steps.
/// </summary>
internal sealed class Evaluations
{
    private const int Interval = 50;

    private double sum;
    private int count;
    private bool held;

    /// <summary>The next value of the series, or null where none is due.</summary>
    public double? Hear(StepMetrics step)
    {
        if (step.Extra.TryGetValue("val/loss", out var loss))
        {
            held = true;
            return loss;
        }
        if (held || double.IsNaN(step.Loss) && step.Extra.Count > 0) return null;
        sum += step.Loss;
        if (++count < Interval) return null;
        var mean = sum / count;
        (sum, count) = (0, 0);
        return mean;
    }
}
