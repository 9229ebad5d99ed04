using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>W&amp;B Automations on the loss: more than 3 standard deviations from the mean of the last 30, either way. Sends a message.</summary>
internal sealed class LossZScore : IPeerRule
{
    private const int Length = 30;
    private const double Sigmas = 3;

    private readonly Window window = new(Length);

    public Consequence? Hear(StepMetrics step)
    {
        if (!double.IsFinite(step.Loss)) return null;
        var fires = window.IsFull && Math.Abs(step.Loss - window.Mean()) > Sigmas * window.Deviation();
        window.Add(step.Loss);
        return fires ? Consequence.Warn : null;
    }
}
