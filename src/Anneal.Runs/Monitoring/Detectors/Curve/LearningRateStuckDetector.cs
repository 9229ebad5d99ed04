using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>A learning rate that was falling at every step and stands still halfway: the scheduler is no longer stepped.</summary>
internal sealed class LearningRateStuckDetector : IDetector
{
    private const double LeastOfPeak = 0.3, MostOfPeak = 0.95;
    private const int Moved = 30, Stands = 10;

    public Symptom? Observe(Vitals vitals)
    {
        var rate = vitals.LearningRate;
        if (vitals.IsMeasurement || !rate.IsHeard) return null;
        if (rate.ConstantFor != Stands || rate.MovedFor < Moved || rate.Value < LeastOfPeak * rate.Peak || rate.Value > MostOfPeak * rate.Peak) return null;
        return new()
        {
            Severity = Severity.Warn,
            Detector = "lr_stuck",
            Cause = Cause.Schedule,
            Confidence = 0.9,
            Directness = 2,
            Since = vitals.Metrics.Step - (Stands * vitals.Interval),
            Message = $"The learning rate has stood at {rate.Value:G3} for {Stands} steps, up to {vitals.Metrics.Step}, {rate.Value / rate.Peak:P0} of its peak, after {rate.MovedFor} steps in which it moved: the scheduler may no longer be stepped.",
            Evidence = Report.Evidence(vitals, null, ("peak", rate.Peak), ("moved", rate.MovedFor)),
        };
    }
}
