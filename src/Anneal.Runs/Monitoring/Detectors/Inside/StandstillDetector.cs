using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The parameters do not move although the learning rate says that they should: no update at all (a step skipped without a word), or
/// updates that leave the parameters' norm exactly where it was (too small for the number format).
/// </summary>
internal sealed class StandstillDetector : IDetector
{
    private const int Known = 16, SuspectSame = 4, Certain = 8;

    private readonly Alarm alarm = new(32);
    private int moved, still, since, longest;
    private double parameters;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.LearningRate is not > 0 || metrics.Nonfinite == true) return null;
        if (metrics.UpdateNorm is null && metrics.ParamNorm is null) return null;
        var noUpdate = metrics.UpdateNorm == 0;
        var same = metrics.ParamNorm is { } norm && norm == parameters;
        parameters = metrics.ParamNorm ?? 0;
        if (!noUpdate && !same)
        {
            // What ended by itself is the run's way: a trainer that logs every micro-batch updates now and then.
            longest = Math.Max(longest, still);
            moved++;
            still = 0;
            alarm.Rest();
            return null;
        }
        if (moved < Known) return null;
        if (still++ == 0) since = metrics.Step;
        // Norms that are printed with few digits repeat by chance.
        if (still <= longest || (!noUpdate && still < SuspectSame)) return null;
        var severity = still >= Certain + longest ? Severity.Act : Severity.Warn;
        if (!alarm.Raise(severity)) return null;
        return new Symptom
        {
            Detector = "standstill",
            Severity = severity,
            Cause = Cause.Numerics,
            Confidence = severity == Severity.Act ? 0.98 : 0.9,
            Directness = 2,
            Since = since,
            Message = noUpdate
                ? $"The parameters have not been updated for {still} steps, up to step {metrics.Step}, at a learning rate of {metrics.LearningRate:G3}: updates are refused without a word, as when a gradient is not finite."
                : $"The parameters' norm has been exactly {metrics.ParamNorm:G9} for {still} steps, up to step {metrics.Step}, at a learning rate of {metrics.LearningRate:G3}: updates vanish in rounding.",
            Evidence = new Dictionary<string, double> { ["steps"] = still, ["train/update_norm"] = metrics.UpdateNorm ?? 0, ["train/param_norm"] = parameters, ["train/lr"] = metrics.LearningRate.Value },
        };
    }
}
