using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>Makes of training steps the reports that a trial scheduler gets.</summary>
internal sealed class Reports
{
    private double sum;
    private int count;

    /// <summary>Reports so far.</summary>
    public int Count { get; private set; }

    /// <summary>The report that this step completes, or null.</summary>
    public double? Hear(StepMetrics step)
    {
        sum += step.Loss;
        if (++count < PeerGroup.Report) return null;
        var mean = sum / count;
        (sum, count) = (0, 0);
        Count++;
        return mean;
    }
}
