namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>What the curve's detectors say about a step, in one form.</summary>
internal static class Report
{
    /// <summary>
    /// Confidence that a score is no noise: one minus a bound on the chance that a thousand healthy steps show as much. The bound of
    /// a normal's tail is exp(−z²/2) / (z √2π).
    /// </summary>
    public static double Confidence(double score)
    {
        var z = Math.Max(1, Math.Abs(score));
        return Math.Clamp(1 - (1000 * Math.Exp(-z * z / 2) / (z * Math.Sqrt(2 * Math.PI))), 0.5, 1 - 1e-6);
    }

    /// <summary>Numbers of the step, and of a channel where its value stands against an expectation.</summary>
    public static Dictionary<string, double> Evidence(Vitals vitals, Channel? against = null, params ReadOnlySpan<(string Name, double Value)> more)
    {
        var metrics = vitals.Metrics;
        var evidence = new Dictionary<string, double> { ["train/loss"] = metrics.Loss };
        if (metrics.GradNorm is { } norm) evidence["train/grad_norm"] = norm;
        // As the schedule gives it, like all that it is compared with.
        if (metrics.LearningRate is { } rate) evidence["train/lr"] = rate / vitals.LearningRate.Scale;
        if (vitals.LearningRate.Scale != 1) evidence["lr_scale"] = vitals.LearningRate.Scale;
        if (against is { IsReady: true })
        {
            evidence["expected"] = against.Expected;
            evidence["sigma"] = against.Sigma;
            evidence["score"] = against.Score;
        }
        foreach (var (name, value) in more) evidence[name] = value;
        return evidence;
    }
}
