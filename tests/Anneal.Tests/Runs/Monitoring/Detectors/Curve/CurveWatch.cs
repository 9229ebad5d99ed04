using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Curve;

/// <summary>What the whole monitor says about a made-up stream of the five signals that every trainer prints.</summary>
internal static class CurveWatch
{
    public const int Steps = 800;

    /// <summary>Incidents of a run with an ordinary curve, noise and cosine schedule, and one thing changed.</summary>
    /// <param name="seed">Of the noise.</param>
    /// <param name="change">Step, in order; may keep state.</param>
    /// <param name="noise">Of the loss, nats.</param>
    public static List<Incident> Watch(int seed, Func<StepMetrics, StepMetrics>? change = null, double noise = 0.08)
    {
        var monitor = new Monitor(new MonitorOptions());
        return [.. Stream(seed, noise).Select(step => change is null ? step : change(step)).SelectMany(monitor.Observe)];
    }

    public static IEnumerable<StepMetrics> Stream(int seed, double noise = 0.08)
    {
        var step = 0;
        foreach (var (loss, gradient) in Noise.Normal(seed).Zip(Noise.Normal(seed + 1000)).Take(Steps))
        {
            step++;
            yield return new StepMetrics
            {
                Step = step,
                Loss = 2.4 + (4 * Math.Pow(1 + (step / 12.0), -0.8)) + (noise * loss),
                GradNorm = (0.6 + (2 * Math.Exp(-step / 25.0))) * Math.Exp(0.15 * gradient),
                LearningRate = 3e-3 * Cosine(step),
                Time = 0.25 * step,
            };
        }
    }

    /// <summary>Share of the peak: 40 steps of warmup, cosine to a tenth.</summary>
    public static double Cosine(double step) => step <= 40 ? step / 40 : 0.1 + (0.45 * (1 + Math.Cos(Math.PI * (step - 40) / (Steps - 40))));
}
