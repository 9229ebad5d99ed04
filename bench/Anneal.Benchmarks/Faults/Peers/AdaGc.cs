using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// AdaGC (arXiv 2502.11034): each tensor's norm is clipped to 1.05 times the exponential average (beta 0.98) of its clipped norms; for
/// the first 100 steps globally to 1.0 instead, while the average takes the smallest norm. Constants as the paper recommends; the
/// authors' code was not at hand. Blocks stand for tensors where they are there, else the global norm alone.
/// </summary>
internal sealed class AdaGc : IPeerRule
{
    private const int Warmup = 100;
    private const double Relative = 1.05, Absolute = 1, Beta = 0.98;

    private readonly Dictionary<string, double> averages = new(StringComparer.Ordinal);
    private int heard;

    public Consequence? Hear(StepMetrics step)
    {
        heard++;
        var fires = false;
        foreach (var (block, norm) in GradientNorms.Of(step))
        {
            if (!double.IsFinite(norm)) continue;
            var known = averages.TryGetValue(block, out var average);
            if (heard <= Warmup || !known)
            {
                var clipped = Math.Min(norm, Absolute);
                fires |= heard <= Warmup && block.Length == 0 && norm > Absolute;
                averages[block] = known ? Math.Min(average, clipped) : clipped;
                continue;
            }
            var limit = Relative * average;
            fires |= norm > limit;
            averages[block] = Beta * average + (1 - Beta) * Math.Min(norm, limit);
        }
        return fires ? Consequence.Act : null;
    }
}
