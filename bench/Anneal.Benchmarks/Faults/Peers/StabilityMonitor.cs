using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// OLMo-core's <c>StabilityMonitor</c> and the check in its trainer: the 6 sigma test of <see cref="SixSigma"/> on loss and gradient norm
/// goes into a spike score, logged only; a loss that is not finite raises when metrics are flushed, every 5 steps.
/// </summary>
internal sealed class StabilityMonitor : IPeerRule
{
    private const int FlushEvery = 5;

    private readonly SixSigma loss = new(step => step.Loss, Consequence.Warn, firesOnNonfinite: false), gradient = new(step => step.GradNorm, Consequence.Warn, firesOnNonfinite: false);
    private bool nonfinite;

    public Consequence? Hear(StepMetrics step)
    {
        var (byLoss, byGradient) = (loss.Hear(step), gradient.Hear(step));
        nonfinite |= !double.IsFinite(step.Loss);
        if (nonfinite && step.Step % FlushEvery == 0)
        {
            nonfinite = false;
            return Consequence.Stop;
        }
        return byLoss ?? byGradient;
    }
}
