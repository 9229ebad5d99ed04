using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>FlagScale's loss check: a rise against the previous loss by more than a fifth (default 0.2; its example says 0.25). Sends a message.</summary>
internal sealed class FlagScale(double threshold = 0.2) : IPeerRule
{
    private double? previous;

    public Consequence? Hear(StepMetrics step)
    {
        var fires = previous is { } last && step.Loss - last > threshold * last;
        previous = step.Loss;
        return fires ? Consequence.Warn : null;
    }
}
