using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// SPAM (arXiv 2501.06842; constants of its ports): an element of the gradient with g^2 / v above 5,000 is clipped, v being Adam's second
/// moment (beta 0.999). A stream has norms, not elements, so that each norm stands for its tensors: global, and per block where it
/// is there. That is blind to a single wild element. The reset of the moments every 500 steps happens whatever is seen and is no alarm.
/// </summary>
internal sealed class Spam : IPeerRule
{
    private const double Threshold = 5_000, Beta = 0.999;

    private readonly Dictionary<string, (double Moment, int Count)> moments = new(StringComparer.Ordinal);

    public Consequence? Hear(StepMetrics step)
    {
        var fires = false;
        foreach (var (name, norm) in GradientNorms.Of(step))
        {
            var (moment, count) = moments.GetValueOrDefault(name);
            var square = norm * norm;
            if (!double.IsFinite(square)) continue;
            var spike = count > 0 && square > Threshold * (moment / (1 - Math.Pow(Beta, count)));
            fires |= spike;
            if (spike) square = Threshold * (moment / (1 - Math.Pow(Beta, count)));
            moments[name] = (Beta * moment + (1 - Beta) * square, count + 1);
        }
        return fires ? Consequence.Act : null;
    }
}
