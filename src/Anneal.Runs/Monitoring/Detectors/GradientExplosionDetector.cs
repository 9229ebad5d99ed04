using Anneal.Runs.Protocol;
using Anneal.Runs.Monitoring.Statistics;

namespace Anneal.Runs.Monitoring.Detectors;

/// <summary>
/// Gradient norms (before clipping) far outside what the run has had lately, on a logarithmic scale. A single one is a
/// warning: clipping and the next batch usually absorb it. Most of several steps at a hundred times the usual is not.
/// </summary>
internal sealed class GradientExplosionDetector : IDetector
{
    private const int Window = 64, Least = 12, Burst = 8, MostOfBurst = 5, Quiet = 32;
    private const double WarnSigmas = 8, WarnFactor = 20, ActFactor = 100;

    private readonly RollingWindow logs = new(Window);
    private readonly RollingWindow exploded = new(Burst);
    private int quietUntil;
    private bool acted;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        var metrics = vitals.Metrics;
        if (metrics.GradNorm is not { } norm || !double.IsFinite(norm) || norm <= 0) return null;
        var log = Math.Log(norm);
        var incident = logs.Count < Least ? null : Judge(metrics, norm, log);
        logs.Add(log);
        return incident;
    }

    private Symptom? Judge(StepMetrics metrics, double norm, double log)
    {
        var usual = logs.Median();
        var factor = Math.Exp(log - usual);
        exploded.Add(factor >= ActFactor ? 1 : 0);
        if (!acted && exploded.Mean() * exploded.Count >= MostOfBurst)
        {
            acted = true;
            return Report(metrics, Severity.Act, norm, usual, $"{MostOfBurst} of the last {exploded.Count} steps exceeded {ActFactor} times the usual");
        }
        var sigma = Math.Max(logs.Sigma(), 1e-3);
        if (factor < WarnFactor || log - usual < WarnSigmas * sigma || metrics.Step < quietUntil) return null;
        quietUntil = metrics.Step + Quiet;
        return Report(metrics, Severity.Warn, norm, usual, $"{(log - usual) / sigma:F0} robust deviations above it");
    }

    private static Symptom Report(StepMetrics metrics, Severity severity, double norm, double usual, string extent) => new()
    {
        Severity = severity,
        Detector = "gradient_explosion",
        Cause = Cause.Optimizer,
        Message = $"The gradient norm is {norm:G3} at step {metrics.Step}, where {Math.Exp(usual):G3} was usual: {extent}.",
        Evidence = new Dictionary<string, double>
        {
            ["train/grad_norm"] = norm,
            ["usual"] = Math.Exp(usual),
            ["factor"] = norm / Math.Exp(usual),
            ["clipped"] = metrics.Clipped == true ? 1 : 0,
            ["train/lr"] = metrics.LearningRate ?? 0,
        },
    };
}
