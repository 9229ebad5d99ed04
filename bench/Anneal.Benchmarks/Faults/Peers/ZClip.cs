using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// ZClip (arXiv 2504.02507 and its code): z-score of the gradient norm above 2.5 against exponential averages of mean and variance
/// (alpha 0.97, from the first 25 norms), then clipped to mean + 2.5 sigma / (z / 2.5); the clipped norm enters the averages. The
/// fixed cap of 1.0 that the code applies besides is a peer of its own (<see cref="FixedClip"/>) and does not count here.
/// </summary>
internal sealed class ZClip : IPeerRule
{
    private const int Warmup = 25;
    private const double Alpha = 0.97, Threshold = 2.5, Tiny = 1e-6;

    private readonly Window first = new(Warmup);
    private double mean, variance;

    public Consequence? Hear(StepMetrics step)
    {
        if (step.GradNorm is not { } norm || !double.IsFinite(norm)) return null;
        if (!first.IsFull)
        {
            first.Add(norm);
            mean = first.Mean();
            variance = first.Values.Sum(value => (value - mean) * (value - mean)) / first.Count;
            return null;
        }
        var sigma = Math.Sqrt(variance);
        var z = (norm - mean) / (sigma + Tiny);
        var clipped = z > Threshold ? mean + Threshold * sigma / (z / Threshold) : norm;
        variance = Alpha * variance + (1 - Alpha) * (clipped - mean) * (clipped - mean);
        mean = Alpha * mean + (1 - Alpha) * clipped;
        return z > Threshold ? Consequence.Act : null;
    }
}
