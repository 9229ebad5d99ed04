using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// llm-foundry's <c>OutlierDetector</c>: gradient norm above 7.5 times the mean of the norms between 1,000 and 500 steps ago; nothing
/// before 1,000 are there. Logged as metadata of the run.
/// </summary>
internal sealed class DelayedMean : IPeerRule
{
    private const int Delay = 500, Length = 500;
    private const double Factor = 7.5;

    private readonly Queue<double> delayed = new();
    private readonly Window old = new(Length);

    public Consequence? Hear(StepMetrics step)
    {
        if (step.GradNorm is not { } norm) return null;
        var fires = old.IsFull && norm > Factor * old.Mean();
        delayed.Enqueue(norm);
        if (delayed.Count > Delay) old.Add(delayed.Dequeue());
        return fires ? Consequence.Warn : null;
    }
}
