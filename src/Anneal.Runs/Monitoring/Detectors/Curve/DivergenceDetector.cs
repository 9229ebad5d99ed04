using Anneal.Runs.Monitoring.Statistics;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// Loss that rose, at once or slowly, and stays up. The yardstick is the run's own: its start, its best long stretch, and the
/// noise there. A spike that comes back, a bump at the end of warmup, a harder domain and the return from an easy one rise too,
/// so that it acts only on what is larger than harder text and does not turn for the better; what has lost nearly all
/// progress for long will not come back.
/// </summary>
/// <param name="steps">Steps of the whole run; 0 where unknown.</param>
internal sealed class DivergenceDetector(int steps) : IDetector
{
    private const int Smoothing = 8, Start = 4, WarnSteps = 24;
    private const double WarnSigmas = 3, WarnNats = 0.5;
    // Above the best: nats, sigmas of a step, share of the progress since the start.
    private const double ActNats = 0.7, ActSigmas = 4, ActShare = 0.27, Mending = 0.75;
    private const double QuartilesToSigma = 0.741, LostNats = 0.75, Lost = 0.9, Recovering = 0.7;

    private readonly int patience = steps > 0 ? Math.Clamp(steps / 10, 12, 200) : 50;
    private readonly SortedWindow recent = new(Smoothing);
    // With small batches a single long document is a stretch of its own; the best must outlast it.
    private readonly SortedWindow lately = new(steps > 0 ? Math.Clamp(steps / 4, Smoothing, 32) : 32);
    private readonly LevelTest test = new();
    private double first, hard = double.NegativeInfinity;
    private int seen;
    private double best = double.PositiveInfinity, noise;
    private double peak;
    private int lost, above, raised;
    private bool warned;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement || !vitals.Loss.IsHeard) return null;
        if (vitals.WentBack) Restart();
        var loss = vitals.Loss.Value;
        if (seen++ < Start) first += loss / Start;
        test.Take(vitals.Loss);
        recent.Add(loss);
        lately.Add(loss);
        if (!recent.IsFull) return null;
        if (lately.IsFull && lately.Median is var typical && typical < best) (best, noise) = (typical, QuartilesToSigma * (lately.Quantile(0.75) - lately.Quantile(0.25)));
        // A sudden fall from where the run stood leads to easy text: what comes after is measured against what came before.
        if (test.Down > 5 && test.Expected(test.DownSince) is var before && before < best + Math.Max(0.3, 2 * noise)) hard = before;

        // The median of a few steps: one bad batch does not move it.
        var level = recent.Median;
        var reference = Math.Min(best, first);
        var rise = level - reference;
        var warnRise = Math.Max(WarnNats, WarnSigmas * noise);
        if (rise < warnRise)
        {
            (peak, lost, above, raised, acting, warned) = (0, 0, 0, 0, null, warned && rise > warnRise / 2);
            return null;
        }
        raised++;
        peak = Math.Max(peak, rise);
        var progress = first - reference;
        lost = level >= Math.Min(reference + Math.Max(LostNats, Math.Max(ActSigmas * noise, Lost * progress)), first + LostNats) ? lost + 1 : 0;
        var plain = level - Math.Max(reference, Math.Min(hard, first));
        above = plain >= Math.Max(ActNats, Math.Max(ActSigmas * noise, ActShare * progress)) ? above + 1 : 0;

        var hopeless = lost >= patience && rise >= Recovering * peak;
        if (hopeless || (above >= Math.Min(patience, 24) && rise >= Mending * peak))
        {
            if (acting is not null && acting.Fatal == hopeless) return acting;
            return acting = Symptom(vitals, Severity.Act, hopeless, level, reference, $"and has stayed up for {Math.Max(lost, above)} steps");
        }
        acting = null;
        if (warned || raised < WarnSteps) return null;
        warned = true;
        return Symptom(vitals, Severity.Warn, false, level, reference, "and may be diverging");
    }

    private void Restart()
    {
        test.Clear();
        recent.Clear();
        (peak, lost, above, raised, acting) = (0, 0, 0, 0, null);
    }

    private Symptom Symptom(Vitals vitals, Severity severity, bool fatal, double level, double reference, string course) => new()
    {
        Severity = severity,
        Detector = "divergence",
        Cause = Cause.Optimizer,
        Confidence = severity == Severity.Act ? 0.99 : 0.8,
        Since = vitals.Metrics.Step - (raised * vitals.Interval),
        Fatal = fatal,
        Message = $"The loss is {level - reference:F2} nats above its best ({reference:F2}, started at {first:F2}) at step {vitals.Metrics.Step} {course}; the usual cause is too high a learning rate.",
        Evidence = Report.Evidence(vitals, null, ("loss", level), ("best", reference), ("start", first), ("noise", noise), ("steps_above", Math.Max(lost, above))),
    };
}
