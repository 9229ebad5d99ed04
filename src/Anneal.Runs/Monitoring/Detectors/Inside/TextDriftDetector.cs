using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The batches' token entropy lies a little too low or too high for too long: rows that repeat a phrase, documents sorted by where they
/// come from, noise in some rows. Small shifts add up (a cumulative sum, Page 1954) and are held against the largest sums that the
/// run's own noise has made. Where a step comes to hold another number of tokens, the comparison starts anew.
/// </summary>
internal sealed class TextDriftDetector : IDetector
{
    private const int Settled = 48, Memory = 128, Longest = 64;
    private const double Slack = 0.5, LowBound = 8.8, HighBound = 14, Most = 4, TailMultiple = 1.3, LeadMemory = 128;

    private readonly Alarm alarm = new(128);
    private readonly Sum low = new(LowBound), high = new(HighBound);
    private Habit entropy = new(Memory, 0.02);
    private double lead;
    private long tokens, stepTokens;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.TokenEntropy is not { } nats || !double.IsFinite(nats)) return null;
        if (IsResized(metrics))
        {
            (entropy, lead) = (new(Memory, 0.02), 0);
            low.Clear();
            high.Clear();
        }
        var deviations = Math.Clamp(entropy.Deviations(nats), -Most, Most);
        var expected = entropy.Level;
        entropy.Add(nats);
        if (entropy.Count <= Settled) return null;
        // A mixture that is annealed runs ahead of the level by a steady distance.
        var news = deviations - lead;
        lead += (deviations - lead) / LeadMemory;
        var (isLow, isHigh) = (low.Add(-news, metrics.Step), high.Add(news, metrics.Step));
        if (!isLow && !isHigh)
        {
            alarm.Rest();
            return null;
        }
        if (!alarm.Raise(Severity.Warn)) return null;
        var sum = isLow ? low : high;
        return new Symptom
        {
            Detector = "text_drift",
            Severity = Severity.Warn,
            Cause = Cause.Data,
            Confidence = 0.85,
            Directness = 1,
            Since = sum.Since,
            Message = $"The batches' token entropy has been {(isLow ? "below" : "above")} its usual {expected:F2} nats since step {sum.Since}, {nats:F2} at step {metrics.Step}: "
                + (isLow ? "the text repeats itself or comes from one source at a time." : "other text, or noise, has come in."),
            Evidence = new Dictionary<string, double> { ["data/token_entropy"] = nats, ["expected"] = expected, ["sigma"] = entropy.Sigma, ["sum"] = sum.Value },
        };
    }

    private bool IsResized(StepMetrics metrics)
    {
        if (metrics.Tokens is not { } total) return false;
        var (count, before) = (total - tokens, stepTokens);
        (tokens, stepTokens) = (total, count);
        return before > 0 && Math.Abs(count - before) > before / 50;
    }

    private sealed class Sum(double bound)
    {
        private double largest;

        public double Value { get; private set; }

        public int Since { get; private set; }

        public void Clear() => Value = 0;

        public bool Add(double deviations, int step)
        {
            // What takes longer is a mixture that is annealed.
            if (step - Since > Longest) Value = 0;
            if (Value == 0) Since = step;
            Value = Math.Max(0, Value + deviations - Slack);
            if (Value < bound) largest = Math.Max(largest, Value);
            return Value >= Math.Max(bound, TailMultiple * largest) && Value >= bound;
        }
    }
}
