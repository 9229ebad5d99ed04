using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// One signal above mean + 6 standard deviations of its last 128 values, once 64 are there: the test inside OLMo-core's
/// <c>SkipStepOptimizer</c> and <c>StabilityMonitor</c>. The window excludes the current value and keeps its outliers. A value that
/// is not a number fails the comparison "is at most", so that it fires; while it stays in the window everything else does, too.
/// </summary>
internal sealed class SixSigma(Func<StepMetrics, double?> signal, Consequence consequence, bool firesOnNonfinite = true) : IPeerRule
{
    private const int Length = 128, Least = Length / 2;
    private const double Sigmas = 6;

    private readonly Window window = new(Length);

    public static SixSigma OfLoss() => new(step => step.Loss, Consequence.Act);

    public static SixSigma OfGradient() => new(step => step.GradNorm, Consequence.Act);

    public Consequence? Hear(StepMetrics step)
    {
        if (signal(step) is not { } value) return null;
        var ordinary = window.Count < Least || value - window.Mean() <= Sigmas * window.Deviation();
        if (!firesOnNonfinite && !double.IsFinite(value)) return null;
        window.Add(value);
        return ordinary ? null : consequence;
    }
}
