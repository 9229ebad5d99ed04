using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The batches' unigram entropy shifts at once and stays: up for garbage, down for text that repeats itself or comes from one
/// source at a time. A mixture that is annealed moves slowly; another domain moves it by less than its own tails and a sixth of a nat.
/// </summary>
internal sealed class TokenEntropyDetector : IDetector
{
    private const double Sigmas = 5.5, Least = 0.15;
    private const int Settled = 24, Certain = 6, Together = 6;
    private const double ActNats = 0.5, ActLoss = 0.5;

    private readonly Leap entropy = new(Sigmas, Least, Settled);
    private readonly Habit loss = new(16, 1e-3);
    private readonly Alarm alarm = new(64);
    private double lossBefore;
    private int lastLeap;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.TokenEntropy is not { } nats || !double.IsFinite(nats)) return null;
        var stands = entropy.Add(nats);
        if (entropy.Pending <= 1) lossBefore = loss.Level;
        loss.Add(metrics.Loss);
        if (!stands)
        {
            alarm.Rest();
            return null;
        }
        // One odd batch is noise; twice within a few steps is not.
        var again = lastLeap > 0 && metrics.Step - lastLeap <= Together;
        lastLeap = metrics.Step;
        if (!again) return null;
        var rise = metrics.Loss - lossBefore;
        var certain = entropy.Pending >= Certain && entropy.Size > ActNats && rise > ActLoss;
        var severity = certain ? Severity.Act : Severity.Warn;
        return alarm.Raise(severity) ? Report(metrics, nats, severity, rise) : null;
    }

    private Symptom Report(StepMetrics metrics, double nats, Severity severity, double rise) => new()
    {
        Detector = "token_entropy",
        Severity = severity,
        Cause = Cause.Data,
        Confidence = severity == Severity.Act ? 0.98 : 0.9,
        Directness = 2,
        Since = metrics.Step - entropy.Pending + 1,
        Message = $"The batch's token entropy is {nats:F2} nats at step {metrics.Step}, where {entropy.Level:F2} was usual ({Math.Abs(entropy.Sigmas):F0} deviations): "
            + (entropy.Size > 0 ? "it holds text that is nearer to noise than what came before." : "it is more monotonous than what came before."),
        Evidence = new Dictionary<string, double> { ["data/token_entropy"] = nats, ["expected"] = entropy.Level, ["sigma"] = entropy.Sigmas, ["loss_rise"] = rise },
    };
}
