using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// A learning rate that falls off its schedule: to nothing (stuck at zero), to the foot of a new warmup (reset on resume), to a
/// floor that was not due (horizon too short). Step decay from a plateau, by a factor such as two or ten, is silent.
/// </summary>
internal sealed class LearningRateFallDetector : IDetector
{
    private const double Nothing = 1e-3, OfPeak = 0.02, LeastOfStepDecay = 0.08, Return = 0.5;
    private const int Plateau = 8, StepsAtNothing = 3;

    private double before = double.NaN;
    private int atNothing;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        var rate = vitals.LearningRate;
        if (vitals.IsMeasurement || !rate.IsHeard) return null;
        if (before > 0 && rate.Value <= Nothing * before) return Stays(vitals);
        (atNothing, acting) = (0, null);
        before = double.NaN;
        if (!rate.BreaksDown || rate.Previous < OfPeak * rate.Peak) return null;
        if (rate.ConstantBefore >= Plateau && rate.Value >= LeastOfStepDecay * rate.Previous) return null;
        // Back from a jump to where it was not long ago: the jump was the incident.
        if (rate is { Value: > 0, Agitation: < Return } && rate.Previous >= rate.Peak) return null;
        if (rate.Value <= Nothing * rate.Previous) (before, atNothing) = (rate.Previous, 1);
        return Symptom(vitals, Severity.Warn);
    }

    private Symptom? Stays(Vitals vitals)
    {
        if (++atNothing < StepsAtNothing) return null;
        return acting ??= Symptom(vitals, Severity.Act);
    }

    private Symptom Symptom(Vitals vitals, Severity severity)
    {
        var rate = vitals.LearningRate;
        var from = double.IsNaN(before) ? rate.Previous : before;
        return new()
        {
            Severity = severity,
            Detector = rate.Value <= Nothing * from ? "lr_zero" : "lr_fall",
            Cause = Cause.Schedule,
            Confidence = severity == Severity.Act ? 0.999 : 0.95,
            Directness = 2,
            Since = vitals.Metrics.Step - (Math.Max(0, atNothing - 1) * vitals.Interval),
            Message = severity == Severity.Act
                ? $"The learning rate has been {rate.Value:G3} for {atNothing} steps, up to {vitals.Metrics.Step}; its schedule stood at {from:G3}. Nothing is learnt."
                : $"The learning rate fell from {from:G3} to {rate.Value:G3} at step {vitals.Metrics.Step}, where its schedule led to no less than {rate.Smooth.Low:G3}.",
            Evidence = Report.Evidence(vitals, null, ("expected", from), ("peak", rate.Peak), ("factor", rate.Value / from)),
        };
    }
}
