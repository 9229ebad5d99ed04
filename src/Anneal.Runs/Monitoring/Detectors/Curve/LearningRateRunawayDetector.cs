using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// A learning rate that creeps up from where it had settled or had been falling. Warmups start low, restarts and rewarming too:
/// a rise that begins above a third of the peak belongs to no schedule. One that bends upwards as it goes on is a runaway.
/// </summary>
internal sealed class LearningRateRunawayDetector : IDetector
{
    private const double LeastTrough = 0.3, WarnGrowth = 1.02, ActGrowth = 1.25, Bends = 1.08;
    private const int Calm = 10, WarnRises = 3, ActRises = 16;

    private double firstRise;
    private bool warned;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        var rate = vitals.LearningRate;
        if (vitals.IsMeasurement || !rate.IsHeard) return null;
        if (rate.RisesFor == 0)
        {
            (warned, acting) = (false, null);
            return null;
        }
        var rise = rate.Value - rate.Previous;
        if (rate.RisesFor == 1) firstRise = rise;
        if (rate.CalmBeforeRise < Calm || rate.Trough < LeastTrough * rate.PeakBeforeRise) return null;
        var growth = rate.Value / rate.Trough;
        if (acting is not null) return acting;
        if (growth >= ActGrowth && rate.RisesFor >= ActRises && rise > Bends * firstRise) return acting = Symptom(vitals, Severity.Act, growth);
        if (warned || growth < WarnGrowth || rate.RisesFor < WarnRises) return null;
        warned = true;
        return Symptom(vitals, Severity.Warn, growth);
    }

    private static Symptom Symptom(Vitals vitals, Severity severity, double growth) => new()
    {
        Severity = severity,
        Detector = "lr_runaway",
        Cause = Cause.Schedule,
        Confidence = severity == Severity.Act ? 0.99 : 0.9,
        Directness = 2,
        Since = vitals.Metrics.Step - (vitals.LearningRate.RisesFor * vitals.Interval),
        Message = $"The learning rate has risen for {vitals.LearningRate.RisesFor} steps, from {vitals.LearningRate.Trough:G3} to {vitals.LearningRate.Value:G3} at step {vitals.Metrics.Step}, {growth:G3} times where it had settled.",
        Evidence = Report.Evidence(vitals, null, ("expected", vitals.LearningRate.Trough), ("peak", vitals.LearningRate.PeakBeforeRise), ("factor", growth), ("rises", vitals.LearningRate.RisesFor)),
    };
}
