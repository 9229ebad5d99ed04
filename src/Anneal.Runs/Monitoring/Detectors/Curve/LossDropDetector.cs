using Anneal.Runs.Monitoring.Statistics;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// Loss that falls faster than its curve justifies: targets that the model can see, a batch that comes again and again, text that
/// repeats itself. Warns when the run's noise cannot explain it; acts when most of the loss is gone within a short time.
/// </summary>
internal sealed class LossDropDetector : IDetector
{
    private const double Warns = 4.4, ActShare = 0.5, LeastAct = 1, Slack = 1, LeastNats = 0.1;
    private const int MostSteps = 120, ActSteps = 5, Settled = 8;

    private readonly LevelTest test = new();
    private readonly SortedWindow since = new(8);
    private double baseline, sigma, lowest = double.PositiveInfinity;
    private int onset, age, below, calm;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement || !vitals.Loss.IsHeard) return null;
        if (vitals.WentBack) Close();
        // The return from a rise is no improvement: what counts is what lies below the lowest level so far.
        if (vitals.Loss.IsReady) lowest = Math.Min(lowest, vitals.Loss.Expected + Slack * vitals.Loss.Sigma);
        test.Take(vitals.Loss);
        if (age > 0) return Follow(vitals);
        if (test.Down < Warns || vitals.Loss.Value > lowest) return null;
        (baseline, sigma) = (Math.Min(test.Expected(test.DownSince), lowest), test.Sigma(test.DownSince));
        if (baseline - vitals.Loss.Value < LeastNats) return null;
        (age, below, calm) = (test.DownSince, 0, 0);
        onset = vitals.Metrics.Step - ((test.DownSince - 1) * vitals.Interval);
        since.Clear();
        since.Add(vitals.Loss.Value);
        return Symptom(vitals, Severity.Warn, baseline - vitals.Loss.Value);
    }

    private Symptom? Follow(Vitals vitals)
    {
        since.Add(vitals.Loss.Value);
        age++;
        var drop = baseline - since.Median;
        calm = drop < 2 * sigma / Math.Sqrt(since.Count) ? calm + 1 : 0;
        if (calm >= Settled || (acting is null && age > MostSteps))
        {
            Close();
            return null;
        }
        below = drop > Math.Max(LeastAct, ActShare * baseline) ? below + 1 : 0;
        if (below < ActSteps) return acting = null;
        return acting ??= Symptom(vitals, Severity.Act, drop);
    }

    private void Close()
    {
        test.Clear();
        (age, acting) = (0, null);
    }

    private Symptom Symptom(Vitals vitals, Severity severity, double drop) => new()
    {
        Severity = severity,
        Detector = "loss_drop",
        Cause = Cause.Data,
        Confidence = severity == Severity.Act ? 0.99 : Report.Confidence(test.Down),
        Directness = 1,
        Since = onset,
        Message = severity == Severity.Act
            ? $"The loss fell from {baseline:F2} to {baseline - drop:F2} within {age} steps, up to {vitals.Metrics.Step}: no curve does that unless the targets are visible or the text repeats."
            : $"The loss is {vitals.Loss.Value:F3} at step {vitals.Metrics.Step}, where {baseline:F3} was expected: it improves faster than its curve justifies.",
        Evidence = Report.Evidence(vitals, null, ("expected", baseline), ("sigma", sigma), ("drop", drop), ("score", test.Down)),
    };
}
