using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>
/// Loss that rises and stays up. The yardstick is the run's own: the rise of the smoothed loss over its best value, in units
/// of its own noise and of the progress made since the start. A spike that comes back, a bump at the end of warmup and a
/// harder domain rise too, so that a stop asks for most of the progress lost, for long, without a turn for the better.
/// </summary>
/// <param name="steps">Steps of the whole run; 0 where unknown.</param>
internal sealed class DivergenceDetector(int steps) : IDetector
{
    private const int Smoothing = 8, NoiseWindow = 64, Start = 4;
    private const double WarnSigmas = 8, WarnNats = 0.5;
    private const int WarnSteps = 4;
    private const double ActProgressLost = 0.5, ActNats = 0.75, Recovering = 0.7;

    private readonly int patience = steps > 0 ? Math.Clamp(steps / 10, 12, 200) : 50;
    private readonly RollingWindow recent = new(Smoothing);
    private readonly RollingWindow differences = new(NoiseWindow);
    private double last = double.NaN;
    private double first;
    private int seen;
    private double best = double.PositiveInfinity;
    private double peak;
    private int above, raised;
    private bool warned, acted;

    public Incident? Observe(StepMetrics metrics)
    {
        var loss = metrics.Loss;
        if (!double.IsFinite(loss)) return null;
        Remember(loss);
        if (!recent.IsFull) return null;

        // The median of a few steps: one bad batch moves neither it nor the best.
        var smooth = recent.Median();
        best = Math.Min(best, smooth);
        var rise = smooth - best;
        // Differences of neighbours are free of the trend; their spread is sqrt(2) times the noise of one step.
        var noise = differences.Sigma() / Math.Sqrt(2);
        var progress = Math.Max(0, first - best);
        var actRise = Math.Max(ActNats, Math.Max(WarnSigmas * noise, ActProgressLost * progress));
        var warnRise = Math.Max(WarnNats, WarnSigmas * noise / Math.Sqrt(Smoothing));
        if (rise < warnRise)
        {
            (peak, above, raised, warned) = (0, 0, 0, warned && rise > warnRise / 2);
            return null;
        }
        raised++;
        peak = Math.Max(peak, rise);
        above = rise >= actRise ? above + 1 : 0;

        if (!acted && above >= patience && rise >= Recovering * peak)
        {
            acted = true;
            return Report(metrics, Severity.Act, rise, noise, $"and has stayed there for {above} steps");
        }
        if (warned || raised < WarnSteps) return null;
        warned = true;
        return Report(metrics, Severity.Warn, rise, noise, "and may be diverging");
    }

    private void Remember(double loss)
    {
        if (seen < Start) first += loss / Start;
        seen++;
        if (!double.IsNaN(last)) differences.Add(loss - last);
        last = loss;
        recent.Add(loss);
    }

    private Incident Report(StepMetrics metrics, Severity severity, double rise, double noise, string course) => new()
    {
        Step = metrics.Step,
        Severity = severity,
        Detector = "divergence",
        Cause = Cause.Optimizer,
        Message = $"The loss is {rise:F2} nats above its best ({best:F2}, started at {first:F2}) at step {metrics.Step} {course}; the usual cause is too high a learning rate.",
        Evidence = new Dictionary<string, double>
        {
            ["loss"] = best + rise,
            ["best"] = best,
            ["start"] = first,
            ["noise"] = noise,
            ["steps_above"] = above,
            ["train/lr"] = metrics.LearningRate ?? 0,
        },
    };
}
