using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Gradients above the norm at which the run clips go through unclipped. The threshold is learned: what was clipped lies above it, what
/// was not below. A run that clips adaptively contradicts itself soon and is left alone; one spike is a warning at most.
/// </summary>
internal sealed class ClipBypassDetector : IDetector
{
    private const int Known = 12, Certain = 12;
    private const double Margin = 1.1, ActMargin = 1.3;

    private readonly Alarm alarm = new(64);
    private double leastClipped = double.PositiveInfinity, mostPassed;
    private int clipped, bypassed, since;
    private bool adaptive;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (adaptive || vitals.IsMeasurement || metrics.Clipped is not { } wasClipped || metrics.GradNorm is not { } norm || !double.IsFinite(norm) || metrics.Nonfinite == true || metrics.UpdateNorm == 0) return null;
        if (wasClipped)
        {
            // Clips again after letting more through, or clips what it let through before: no fixed threshold.
            adaptive = bypassed > 0 || norm < mostPassed * 0.98;
            clipped++;
            leastClipped = Math.Min(leastClipped, norm);
            return null;
        }
        if (clipped < Known || norm <= leastClipped * Margin)
        {
            if (norm <= leastClipped) mostPassed = Math.Max(mostPassed, norm);
            else if (clipped < Known) adaptive = norm > leastClipped * Margin;
            return null;
        }
        if (bypassed++ == 0) since = metrics.Step;
        var severity = bypassed >= Certain && norm > leastClipped * ActMargin ? Severity.Act : Severity.Warn;
        if (!alarm.Raise(severity)) return null;
        return new Symptom
        {
            Detector = "clip_bypass",
            Severity = severity,
            Cause = Cause.Optimizer,
            Confidence = severity == Severity.Act ? 0.99 : 0.95,
            Directness = 2,
            Since = since,
            Message = $"A gradient of norm {norm:G3} was not clipped at step {metrics.Step}, where everything above {leastClipped:G3} was ({clipped} times): clipping no longer works.",
            Evidence = new Dictionary<string, double> { ["train/grad_norm"] = norm, ["expected"] = leastClipped, ["times"] = bypassed },
        };
    }
}
