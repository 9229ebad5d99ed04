using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Every gradient is clipped where few were: the threshold now sets the step, not the gradient. The first steps of a run, and a run
/// that has always clipped most, are no news.
/// </summary>
internal sealed class ClipSaturationDetector : IDetector
{
    private const int Known = 96, Run = 32;
    private const double Few = 0.3, Memory = 256;

    private readonly Alarm alarm = new(128);
    private int heard, inARow;
    private double share, before = 1;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.Clipped is not { } clipped) return null;
        if (clipped && inARow == 0) before = heard >= Known ? share : 1;
        inARow = clipped ? inARow + 1 : 0;
        share += ((clipped ? 1 : 0) - share) / Math.Min(++heard, Memory);
        if (inARow < Run || before > Few)
        {
            if (!clipped) alarm.Rest();
            return null;
        }
        if (!alarm.Raise(Severity.Warn)) return null;
        return new Symptom
        {
            Detector = "clip_saturation",
            Severity = Severity.Warn,
            Cause = Cause.Optimizer,
            Confidence = 0.9,
            Directness = 1,
            Since = metrics.Step - inARow + 1,
            Message = $"Each of the last {inARow} gradients was clipped, where {before:P0} were before: the clip norm now decides how far every step goes.",
            Evidence = new Dictionary<string, double> { ["in_a_row"] = inARow, ["expected"] = before, ["train/grad_norm"] = metrics.GradNorm ?? 0 },
        };
    }
}
