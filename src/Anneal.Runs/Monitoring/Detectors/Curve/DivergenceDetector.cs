using Anneal.Runs.Protocol;
using Anneal.Runs.Monitoring.Statistics;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// Loss that rises and stays up. The yardstick is the run's own: its start, its best long stretch, and the noise there. A
/// spike that comes back, a bump at the end of warmup, a harder domain and the return from an easy one rise too, so that a
/// stop asks for nearly all of the progress lost, or a loss well above the start's, for long, without a turn for the better.
/// (A run that settles halfway is the hopeless detector's: without the champion's loss on the same text it looks like hard text.)
/// </summary>
/// <param name="steps">Steps of the whole run; 0 where unknown.</param>
internal sealed class DivergenceDetector(int steps) : IDetector
{
    private const int Smoothing = 8, Start = 4, WarnSteps = 4;
    private const double WarnSigmas = 3, WarnNats = 0.5;
    private const double ActSigmas = 4, ActNats = 0.75, ActProgressLost = 0.9, Recovering = 0.7;

    private readonly int patience = steps > 0 ? Math.Clamp(steps / 10, 12, 200) : 50;
    private readonly RollingWindow recent = new(Smoothing);
    // With small batches a single long document is a stretch of its own; the best must outlast it.
    private readonly RollingWindow lately = new(steps > 0 ? Math.Clamp(steps / 4, Smoothing, 32) : 32);
    private double first;
    private int seen;
    private double best = double.PositiveInfinity, noise;
    private double peak;
    private int above, raised;
    private bool warned, acted;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        var metrics = vitals.Metrics;
        var loss = metrics.Loss;
        if (!double.IsFinite(loss)) return null;
        if (seen++ < Start) first += loss / Start;
        recent.Add(loss);
        lately.Add(loss);
        if (!recent.IsFull) return null;
        if (lately.IsFull && lately.Median() is var typical && typical < best) (best, noise) = (typical, lately.Sigma());

        // The median of a few steps: one bad batch does not move it.
        var level = recent.Median();
        var reference = Math.Min(best, first);
        var rise = level - reference;
        var warnRise = Math.Max(WarnNats, WarnSigmas * noise);
        if (rise < warnRise)
        {
            (peak, above, raised, warned) = (0, 0, 0, warned && rise > warnRise / 2);
            return null;
        }
        raised++;
        peak = Math.Max(peak, rise);
        var lost = reference + Math.Max(ActNats, Math.Max(ActSigmas * noise, ActProgressLost * (first - reference)));
        above = level >= Math.Min(lost, first + ActNats) ? above + 1 : 0;

        if (!acted && above >= patience && rise >= Recovering * peak)
        {
            acted = true;
            return Report(metrics, Severity.Act, level, reference, $"and has stayed there for {above} steps");
        }
        if (warned || raised < WarnSteps) return null;
        warned = true;
        return Report(metrics, Severity.Warn, level, reference, "and may be diverging");
    }

    private Symptom Report(StepMetrics metrics, Severity severity, double level, double reference, string course) => new()
    {
        Severity = severity,
        Detector = "divergence",
        Cause = Cause.Optimizer,
        Message = $"The loss is {level - reference:F2} nats above its best ({reference:F2}, started at {first:F2}) at step {metrics.Step} {course}; the usual cause is too high a learning rate.",
        Evidence = new Dictionary<string, double>
        {
            ["loss"] = level,
            ["best"] = reference,
            ["start"] = first,
            ["noise"] = noise,
            ["steps_above"] = above,
            ["train/lr"] = metrics.LearningRate ?? 0,
        },
    };
}
