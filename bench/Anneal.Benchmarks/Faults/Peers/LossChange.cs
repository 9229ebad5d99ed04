using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// W&amp;B Automations on the loss: mean of the last 10 against the mean of the 50 before. The user chooses the change; a rise of 10% is
/// assumed here, as a user would who wants to hear of divergence. Sends a message.
/// </summary>
internal sealed class LossChange : IPeerRule
{
    private const int Recent = 10, Prior = 50;
    private const double Rise = 0.1;

    private readonly Window window = new(Recent + Prior);

    public Consequence? Hear(StepMetrics step)
    {
        if (!double.IsFinite(step.Loss)) return null;
        window.Add(step.Loss);
        if (!window.IsFull) return null;
        var before = window.Values.Take(Prior).Average();
        return window.Values.Skip(Prior).Average() > (1 + Rise) * before ? Consequence.Warn : null;
    }
}
