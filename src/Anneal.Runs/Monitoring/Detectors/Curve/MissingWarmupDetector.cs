using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>A run heard from its first step whose learning rate starts at its peak. Not an error with every optimizer, but a common slip.</summary>
internal sealed class MissingWarmupDetector : IDetector
{
    private const int At = 4;

    private bool fromStart;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement || vitals.Seen > At) return null;
        if (vitals.Seen == 1) fromStart = vitals.Metrics.Step <= 1;
        var rate = vitals.LearningRate;
        if (vitals.Seen < At || !fromStart || rate.Count < At || rate.First <= 0 || rate.First < Math.Max(rate.Peak, rate.Value)) return null;
        return new()
        {
            Severity = Severity.Warn,
            Detector = "no_warmup",
            Cause = Cause.Schedule,
            Confidence = 0.6,
            Directness = 2,
            Since = 1,
            Message = $"The learning rate starts at its peak, {rate.First:G3}, and has not risen by step {vitals.Metrics.Step}: without a warmup the first updates of an adaptive optimizer are too long.",
            Evidence = Report.Evidence(vitals, null, ("peak", rate.First)),
        };
    }
}
