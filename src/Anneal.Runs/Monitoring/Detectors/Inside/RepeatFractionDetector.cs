using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The share of tokens that were read before leaps. Where batches carry fingerprints, a leap to all of them is left to those, which
/// know an epoch from a cursor that went back.
/// </summary>
internal sealed class RepeatFractionDetector : IDetector
{
    private const double Least = 0.08, Sigmas = 8, All = 0.98;
    private const int Settled = 16, Lasting = 4;

    private readonly Leap leap = new(Sigmas, Least, Settled);
    private readonly Alarm alarm = new(64);

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.RepeatFraction is not { } fraction || !double.IsFinite(fraction)) return null;
        var stands = leap.Add(fraction) && leap.Size > 0;
        // One batch in between straddles the end of an epoch: a leap to everything is an epoch's, or shows in the fingerprints.
        if (!stands || (leap.Pending < 2) || (fraction > All && metrics.BatchHash is not null))
        {
            if (!stands) alarm.Rest();
            return null;
        }
        var severity = leap.Pending >= Lasting && fraction < All ? Severity.Act : Severity.Warn;
        // What repeats is worth a word; whether it hurts shows in the loss.
        if (severity == Severity.Act && leap.Size < 0.2) severity = Severity.Warn;
        if (!alarm.Raise(severity)) return null;
        return new Symptom
        {
            Detector = "repeat_fraction",
            Severity = severity,
            Cause = Cause.Data,
            Confidence = severity == Severity.Act ? 0.97 : 0.9,
            Directness = 2,
            Since = metrics.Step - leap.Pending + 1,
            Message = $"{fraction:P0} of the batch's tokens were read before at step {metrics.Step}, where {leap.Level:P0} was usual.",
            Evidence = new Dictionary<string, double> { ["data/repeat_fraction"] = fraction, ["expected"] = leap.Level, ["sigma"] = leap.Sigmas },
        };
    }
}
