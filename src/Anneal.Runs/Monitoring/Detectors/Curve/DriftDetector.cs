using Anneal.Runs.Monitoring.Statistics;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// A loss or gradient norm that leaves its own curve slowly, over tens of steps: the trend turned up, or progress stalled, or the
/// loss falls faster than it should. A schedule that moves the learning rate bends curves too and makes it careful.
/// </summary>
/// <param name="channel">What is looked at.</param>
/// <param name="name">Of the detector, before <c>_drift</c>.</param>
/// <param name="warns">Score at which it warns.</param>
internal sealed class DriftDetector(Func<Vitals, Channel> channel, string name, double warns) : IDetector
{
    private const double CareForRises = 6, CareForMoves = 1.5, Cut = 3, CareForFalls = 0.4, Adult = 700, AdultForFalls = 600;
    private const int Quiet = 64;

    private readonly DriftTest test = new();
    private long quietUntil;

    public Symptom? Observe(Vitals vitals)
    {
        var signal = channel(vitals);
        if (vitals.IsMeasurement || !signal.IsHeard) return null;
        // A restart of the schedule begins a curve of its own.
        if (vitals.WentBack || vitals.LearningRate.BreaksUp || vitals.LearningRate.BreaksDown) test.Clear();
        var value = signal.IsReady ? Math.Clamp(signal.Value, signal.Expected - (Cut * signal.Sigma), signal.Expected + (Cut * signal.Sigma)) : signal.Value;
        if (!test.Take(vitals.Metrics.Step, value) || vitals.Seen < quietUntil) return null;
        var care = (CareForMoves * vitals.LearningRate.Agitation) + (CareForRises * Math.Max(0, vitals.LearningRate.RecentChange));
        // Young curves bend, and improvements have good reasons, too.
        var young = Math.Min(1, test.Score < 0 ? 0.4 + (vitals.Seen / AdultForFalls) : 0.6 + (vitals.Seen / Adult));
        if (young * Math.Abs(test.Score) < warns + care + (test.Score < 0 ? CareForFalls : 0)) return null;
        quietUntil = vitals.Seen + Quiet;
        return new()
        {
            Severity = Severity.Warn,
            Detector = $"{name}_drift",
            Cause = name == "loss" && test.Score < 0 ? Cause.Data : Cause.Optimizer,
            Confidence = Report.Confidence(test.Score),
            Since = vitals.Metrics.Step - (test.Span * vitals.Interval),
            Message = $"Over the last {test.Span} steps up to {vitals.Metrics.Step}, the {(name == "loss" ? "loss" : "logarithm of the gradient norm")} was {Math.Abs(test.Excess):F3} {(test.Excess > 0 ? "above" : "below")} {test.Expected:F3}, where its own curve led.",
            Evidence = Report.Evidence(vitals, null, ("expected", test.Expected), ("excess", test.Excess), ("score", test.Score)),
        };
    }
}
