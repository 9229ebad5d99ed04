using Anneal.Lab.Evidence;

namespace Anneal.Benchmarks.Research;

/// <summary>A density estimate along one knob.</summary>
internal interface IParzen
{
    double Sample(Random random);

    double LogDensity(double x);
}

/// <summary>Optuna's weights: equal, but older observations fade once there are more than 25; the prior counts as one.</summary>
internal static class ParzenWeights
{
    public static double[] Of(int observations)
    {
        int ramp = Math.Max(0, observations - 25);
        double[] weights = [.. Enumerable.Range(0, observations).Select(i => i >= ramp || ramp == 1 ? 1 : 1.0 / observations + (1 - 1.0 / observations) * i / (ramp - 1)), 1];
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    public static int Draw(double[] weights, Random random)
    {
        double at = random.NextDouble();
        for (int i = 0; i < weights.Length - 1; i++)
            if ((at -= weights[i]) < 0) return i;
        return weights.Length - 1;
    }
}

/// <summary>Truncated normal kernels on 0..1, each as wide as the larger gap to its neighbours, and a wide prior kernel.</summary>
internal sealed class NumberParzen : IParzen
{
    private readonly double[] means;
    private readonly double[] sigmas;
    private readonly double[] weights;
    private readonly double[] heights;   // weight over sigma over the kernel's mass inside 0..1

    public NumberParzen(double[] observations)
    {
        means = [.. observations, 0.5];
        weights = ParzenWeights.Of(observations.Length);
        sigmas = new double[means.Length];
        int[] order = [.. Enumerable.Range(0, means.Length).OrderBy(i => means[i])];
        for (int i = 0; i < order.Length; i++)
        {
            double mean = means[order[i]];
            double left = i > 0 ? mean - means[order[i - 1]] : order.Length > 1 ? 0 : mean;
            double right = i < order.Length - 1 ? means[order[i + 1]] - mean : order.Length > 1 ? 0 : 1 - mean;
            sigmas[order[i]] = Math.Clamp(Math.Max(left, right), 1.0 / Math.Min(100, 1 + means.Length), 1);
        }

        sigmas[^1] = 1;
        heights = [.. means.Select((m, i) => weights[i] / sigmas[i] / (Normal.Cdf((1 - m) / sigmas[i]) - Normal.Cdf(-m / sigmas[i])))];
    }

    public double Sample(Random random)
    {
        int i = ParzenWeights.Draw(weights, random);
        double low = Normal.Cdf(-means[i] / sigmas[i]), high = Normal.Cdf((1 - means[i]) / sigmas[i]);
        return Math.Clamp(means[i] + sigmas[i] * Normal.Quantile(low + (high - low) * random.NextDouble()), 0, 1);
    }

    public double LogDensity(double x)
    {
        double sum = 0;
        for (int i = 0; i < means.Length; i++) sum += heights[i] * Normal.Density((x - means[i]) / sigmas[i]);
        return Math.Log(sum + 1e-300);
    }
}

/// <summary>Kernels over choices: each observation's own choice, smoothed by the prior.</summary>
internal sealed class ChoiceParzen : IParzen
{
    private readonly double[] chances;

    public ChoiceParzen(double[] observations, int choices)
    {
        double[] weights = ParzenWeights.Of(observations.Length);
        double smooth = 1.0 / weights.Length; // prior weight over the number of kernels
        chances = [.. Enumerable.Repeat(weights[^1] / choices, choices)];
        for (int i = 0; i < observations.Length; i++)
            for (int v = 0; v < choices; v++)
                chances[v] += weights[i] * (smooth + (observations[i] == v ? 1 : 0)) / (1 + choices * smooth);
    }

    public double Sample(Random random) => ParzenWeights.Draw(chances, random);

    public double LogDensity(double x) => Math.Log(chances[(int)x]);
}
