using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The parameters' norm moves further than the update is long, which no update can do: they were changed from outside (a flipped bit,
/// a damaged or mistaken load). Without update norms a leap beyond all earlier changes has to do.
/// </summary>
internal sealed class AlteredWeightsDetector : IDetector
{
    private const int Known = 16;
    private const double Least = 1e-3, Factor = 3, ActChange = 0.02;
    private const double LeapSigmas = 12, LeapLeast = 0.05;
    // One flipped exponent bit moves a number by a power of 2^16 or not noticeably; a damaged layer lies between.
    private const double OneNumber = 20;

    private readonly Leap leap = new(LeapSigmas, LeapLeast, Known);
    private readonly Alarm alarm = new(16);
    private double parameters, update, largest = 0.3;
    private int step, heard;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.ParamNorm is not > 0 || !double.IsFinite(metrics.ParamNorm.Value)) return null;
        var norm = metrics.ParamNorm.Value;
        var (before, updateBefore, steps) = (parameters, update, metrics.Step - step);
        (parameters, update, step) = (norm, metrics.UpdateNorm ?? 0, metrics.Step);
        if (before == 0 || steps <= 0) return null;
        heard++;
        var change = norm - before;
        if (metrics.UpdateNorm is null) return OfLeap(metrics, before, change / before);

        // Triangle inequality, whichever of the two updates lies between the norms.
        var reach = steps * Math.Max(update, updateBefore);
        if (!double.IsFinite(reach)) return null;
        if (reach == 0) reach = Least * before / Factor;
        var ratio = Math.Abs(change) / reach;
        if (heard > Known && ratio > Factor * Math.Max(largest, 0.5) && Math.Abs(change) > Least * before)
            return Report(metrics, before, reach, Math.Abs(change) > ActChange * before ? Severity.Act : Severity.Warn);
        largest = Math.Max(largest * 0.999, Math.Min(ratio, 1));
        alarm.Rest();
        return null;
    }

    private Symptom? OfLeap(StepMetrics metrics, double before, double change)
    {
        if (leap.Add(change) && leap.Pending == 1) return Report(metrics, before, before * LeapLeast, Severity.Warn);
        alarm.Rest();
        return null;
    }

    private Symptom? Report(StepMetrics metrics, double before, double reach, Severity severity)
    {
        if (!alarm.Raise(severity)) return null;
        var factor = parameters / before;
        return new Symptom
        {
            Detector = "altered_weights",
            Severity = severity,
            Cause = factor > OneNumber || Math.Abs(factor - 1) < ActChange ? Cause.Numerics : Cause.Model,
            Confidence = severity == Severity.Act ? 0.995 : 0.95,
            Directness = 2,
            Message = $"The parameters' norm went from {before:G6} to {parameters:G6} in one step ({metrics.Step}), further than the {reach:G3} that the update can explain: something else changed them.",
            Evidence = new Dictionary<string, double> { ["train/param_norm"] = parameters, ["expected"] = before, ["reach"] = reach, ["factor"] = factor, ["train/update_norm"] = metrics.UpdateNorm ?? 0 },
        };
    }
}
