using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>OLMo-core's <c>SkipStepOptimizer</c>: skips the update where loss or gradient norm is beyond 6 sigma of the last 128 (<see cref="SixSigma"/>).</summary>
internal sealed class SkipStep : IPeerRule
{
    private readonly SixSigma loss = SixSigma.OfLoss(), gradient = SixSigma.OfGradient();

    public Consequence? Hear(StepMetrics step)
    {
        var (byLoss, byGradient) = (loss.Hear(step), gradient.Hear(step));
        return byLoss ?? byGradient;
    }
}
