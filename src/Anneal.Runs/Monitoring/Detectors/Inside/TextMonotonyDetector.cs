using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The batches' token entropy lies a little too low for too long: rows that repeat a phrase, or documents sorted by where they come from.
/// Small shifts add up (a cumulative sum, Page 1954) and are held against the largest sum that the run's own noise has made. Where the
/// step comes to hold another number of tokens, the comparison starts anew.
/// </summary>
internal sealed class TextMonotonyDetector : IDetector
{
    private const int Settled = 48, Memory = 128;
    private const double Slack = 0.5, Bound = 9.5, Most = 3, TailMultiple = 1.3;

    private readonly Alarm alarm = new(128);
    private Habit entropy = new(Memory, 0.02);
    private double sum, largest;
    private long tokens, stepTokens;
    private int since;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.TokenEntropy is not { } nats || !double.IsFinite(nats)) return null;
        if (IsResized(metrics)) (entropy, sum) = (new(Memory, 0.02), 0);
        var deviations = entropy.Deviations(nats);
        var expected = entropy.Level;
        entropy.Add(nats);
        if (entropy.Count <= Settled) return null;
        if (sum == 0) since = metrics.Step;
        sum = Math.Max(0, sum - Math.Clamp(deviations, -Most, Most) - Slack);
        if (sum < Math.Max(Bound, TailMultiple * largest))
        {
            if (sum < Bound) largest = Math.Max(largest, sum);
            alarm.Rest();
            return null;
        }
        if (!alarm.Raise(Severity.Warn)) return null;
        return new Symptom
        {
            Detector = "text_monotony",
            Severity = Severity.Warn,
            Cause = Cause.Data,
            Confidence = 0.85,
            Directness = 1,
            Since = since,
            Message = $"The batches' token entropy has been below its usual {expected:F2} nats since step {since}, {nats:F2} at step {metrics.Step}: the text repeats itself or comes from one source at a time.",
            Evidence = new Dictionary<string, double> { ["data/token_entropy"] = nats, ["expected"] = expected, ["sigma"] = entropy.Sigma, ["sum"] = sum },
        };
    }

    private bool IsResized(StepMetrics metrics)
    {
        if (metrics.Tokens is not { } total) return false;
        var (count, before) = (total - tokens, stepTokens);
        (tokens, stepTokens) = (total, count);
        return before > 0 && Math.Abs(count - before) > before / 50;
    }
}
