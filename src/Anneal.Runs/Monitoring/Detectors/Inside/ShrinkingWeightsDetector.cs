using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The parameters shrink at a steady pace for their learning rate: weight decay that outweighs what is learned. Held against the run's
/// own pace, so that ordinary decay and a schedule that moves the rate are no news; half a percent a step is too fast for any run.
/// </summary>
internal sealed class ShrinkingWeightsDetector : IDetector
{
    private const int Known = 24, Lasting = 4;
    private const double Sigmas = 6, LeastPace = 5e-4, AnyPace = 5e-3, ActShrunk = 0.7;
    private const int AnyLasting = 8, ActLasting = 24;
    private const double ActLeast = 0.9;

    private readonly Habit pace = new(64, 1e-9);
    private readonly Alarm alarm = new(32);
    private double before, largest;
    private int step, inARow, since;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.ParamNorm is not > 0 || !double.IsFinite(metrics.ParamNorm.Value)) return null;
        var (norm, steps) = (metrics.ParamNorm.Value, metrics.Step - step);
        var change = before > 0 && steps > 0 ? Math.Log(norm / before) / steps : 0;
        (before, step) = (norm, metrics.Step);
        if (change == 0) return null;
        var rate = metrics.LearningRate is > 0 ? metrics.LearningRate.Value : 1;
        var unusual = pace.Count >= Known && pace.Deviations(change / rate) < -pace.Bound(Sigmas, upward: false) && change < -LeastPace + Math.Min(0, pace.Level * rate);
        var shrinks = unusual || change < -AnyPace;
        if (!shrinks)
        {
            inARow = 0;
            pace.Add(change / rate);
            alarm.Rest();
            return null;
        }
        if (inARow++ == 0) (since, largest) = (metrics.Step, norm / Math.Exp(change));
        if (inARow < (unusual ? Lasting : AnyLasting)) return null;
        var severity = norm < ActShrunk * largest || (unusual && inARow >= ActLasting && norm < ActLeast * largest) ? Severity.Act : Severity.Warn;
        if (!alarm.Raise(severity)) return null;
        return new Symptom
        {
            Detector = "shrinking_weights",
            Severity = severity,
            Cause = Cause.Optimizer,
            Confidence = severity == Severity.Act ? 0.98 : 0.9,
            Directness = 2,
            Since = since,
            Message = $"The parameters' norm has shrunk by {-change:P2} a step for {inARow} steps, from {largest:G4} to {norm:G4} at step {metrics.Step}: weight decay outweighs what is learned.",
            Evidence = new Dictionary<string, double> { ["train/param_norm"] = norm, ["pace"] = change, ["expected"] = pace.Level * rate, ["steps"] = inARow, ["train/lr"] = metrics.LearningRate ?? 0 },
        };
    }
}
