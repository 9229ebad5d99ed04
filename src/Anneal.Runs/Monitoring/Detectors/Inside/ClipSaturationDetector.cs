using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Gradients are clipped in a row for longer than the run's usual share of clipped ones makes credible: the threshold now sets the
/// step, not the gradient. The first steps of a run, one that has always clipped most, and one that comes to it slowly are no news.
/// </summary>
internal sealed class ClipSaturationDetector : IDetector
{
    private const int Known = 96, LeastRun = 12;
    private const double Most = 0.6, Memory = 256, Lately = 32;
    // Chance of such a row at any one step, were the steps independent.
    private const double Chance = 1e-9, LeastShare = 0.02;

    private readonly Alarm alarm = new(128);
    private int heard, inARow;
    private double share, recent, before = 1;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.Clipped is not { } clipped) return null;
        if (clipped && inARow == 0) before = heard >= Known ? Math.Max(share, recent) : 1;
        inARow = clipped ? inARow + 1 : 0;
        heard++;
        share += ((clipped ? 1 : 0) - share) / Math.Min(heard, Memory);
        recent += ((clipped ? 1 : 0) - recent) / Math.Min(heard, Lately);
        if (before > Most || inARow < Math.Max(LeastRun, Math.Log(Chance) / Math.Log(Math.Max(before, LeastShare))))
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
