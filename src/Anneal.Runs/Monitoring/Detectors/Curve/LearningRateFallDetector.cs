using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// A learning rate that falls off its schedule: to nothing (stuck at zero), to the foot of a new warmup (reset on resume), to a
/// floor that was not due (horizon too short). Step decay from a plateau, by a factor such as two or ten, is silent.
/// </summary>
internal sealed class LearningRateFallDetector : IDetector
{
    private const double Nothing = 1e-3, OfPeak = 0.02, LeastOfStepDecay = 0.08, Return = 0.5, Far = 0.25, Rises = 1.5;
    private const int Plateau = 8, StepsAtNothing = 3, StepsLow = 24;

    private double before = double.NaN;
    private double fellFrom, fellTo;
    private int atNothing, low;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        var rate = vitals.LearningRate;
        if (vitals.IsMeasurement || !rate.IsHeard) return null;
        if (before > 0 && rate.Value <= Nothing * before) return Stays(vitals);
        atNothing = 0;
        before = double.NaN;
        if (fellFrom > 0 && StaysLow(vitals) is { } stays) return stays;
        if (!rate.BreaksDown || rate.Previous < OfPeak * rate.Peak) return null;
        if (rate.ConstantBefore >= Plateau && rate.Value >= LeastOfStepDecay * rate.Previous) return null;
        // Back from a jump to where it was not long ago: the jump was the incident.
        if (rate is { Value: > 0, Agitation: < Return } && rate.Previous >= rate.Peak) return null;
        if (rate.Value <= Nothing * rate.Previous) (before, atNothing) = (rate.Previous, 1);
        if (rate.Value <= Far * rate.Previous) (fellFrom, fellTo, low, acting) = (rate.Previous, rate.Value, 0, null);
        return Symptom(vitals, Severity.Warn);
    }

    // Off its schedule, far down and not on the way up again: no scheduler means that.
    private Symptom? StaysLow(Vitals vitals)
    {
        if (vitals.LearningRate.Value > Far * fellFrom || vitals.LearningRate.Value > Rises * Math.Max(fellTo, Nothing * fellFrom))
        {
            (fellFrom, acting) = (0, null);
            return null;
        }
        return ++low < StepsLow ? null : acting ??= Symptom(vitals, Severity.Act);
    }

    private Symptom? Stays(Vitals vitals)
    {
        if (++atNothing < StepsAtNothing) return null;
        return acting ??= Symptom(vitals, Severity.Act);
    }

    private Symptom Symptom(Vitals vitals, Severity severity)
    {
        var rate = vitals.LearningRate;
        var from = !double.IsNaN(before) ? before : severity == Severity.Act ? fellFrom : rate.Previous;
        return new()
        {
            Severity = severity,
            Detector = rate.Value <= Nothing * from ? "lr_zero" : "lr_fall",
            Cause = Cause.Schedule,
            Confidence = severity == Severity.Act ? 0.999 : 0.95,
            Directness = 2,
            Since = vitals.Metrics.Step - (Math.Max(0, Math.Max(atNothing - 1, severity == Severity.Act ? low : 0)) * vitals.Interval),
            Message = severity == Severity.Act
                ? $"The learning rate has been {rate.Value:G3} for {Math.Max(atNothing, low)} steps, up to {vitals.Metrics.Step}; its schedule stood at {from:G3}. {(atNothing > 0 ? "Nothing" : "Little")} is learnt."
                : $"The learning rate fell from {from:G3} to {rate.Value:G3} at step {vitals.Metrics.Step}, where its schedule led to no less than {rate.Smooth.Low:G3}.",
            Evidence = Report.Evidence(vitals, null, ("expected", from), ("peak", rate.Peak), ("factor", rate.Value / from)),
        };
    }
}
