using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// Residual against a loss curve that knows the learning rate: L = L0 + A S1^-alpha - C S2, where S1 sums the rate and S2 its decay with a
/// memory of 0.999 a step (Tissue et al., arXiv 2408.11029; the first-order form of the Multi-Power Law, arXiv 2503.12811, whose full form
/// needs fits over many runs). Fitted to all steps so far; fires more than 6 of its standard deviations above. Nobody ships it as an
/// alarm: the 6 is ours.
/// </summary>
internal sealed class AnnealingResidual : IPeerRule
{
    private const int Skipped = 20, Least = 100;
    private const double Memory = 0.999, Sigmas = 6;
    private static readonly double[] exponents = [0.2, 0.35, 0.5, 0.75, 1];

    private readonly LinearFit[] fits = [.. exponents.Select(_ => new LinearFit(3))];
    private double rates, momentum, decay, lastRate;
    private int heard;

    public Consequence? Hear(StepMetrics step)
    {
        if (step.LearningRate is not { } rate || !double.IsFinite(rate)) return null;
        if (!double.IsFinite(step.Loss)) return Consequence.Warn;
        momentum = Memory * momentum + (heard == 0 ? 0 : lastRate - rate);
        (rates, decay, lastRate) = (rates + rate, decay + momentum, rate);
        if (++heard <= Skipped || rates <= 0) return null;
        var fires = fits[0].Count >= Least && step.Loss > Limit();
        for (var i = 0; i < fits.Length; i++) fits[i].Add([1, Math.Pow(rates, -exponents[i]), decay], step.Loss);
        return fires ? Consequence.Warn : null;
    }

    private double Limit()
    {
        var (best, fit) = fits.Select((candidate, i) => (i, candidate.Solve())).MinBy(candidate => candidate.Item2.Sigma);
        return fit.Coefficients[0] + fit.Coefficients[1] * Math.Pow(rates, -exponents[best]) + fit.Coefficients[2] * decay + Sigmas * fit.Sigma;
    }
}
