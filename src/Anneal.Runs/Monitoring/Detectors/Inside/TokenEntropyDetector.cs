using System.Numerics;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The batches' unigram entropy leaves its range again and again: up for garbage, down for text that repeats itself or comes from one
/// source at a time. One odd batch is noise, and a run that has many needs more of them together; a mixture that is annealed moves
/// too slowly to leave the range, and another domain moves too little.
/// </summary>
internal sealed class TokenEntropyDetector : IDetector
{
    private const double Sigmas = 4, FarSigmas = 5.5, Least = 0.15, ActNats = 0.5, ActLoss = 0.5;
    private const int Settled = 24, Together = 8, Memory = 64, Certain = 6;
    // Far ones together that are news (or one more that are odd), by the share of odd ones that the run is used to.
    private const double Rare = 0.008, Common = 0.06, RateMemory = 200, LeastRate = 0.002;

    private readonly Habit entropy = new(Memory, 0.02), loss = new(Memory, 1e-3);
    private readonly Alarm alarm = new(64);
    private uint odd, far;
    private double rate = LeastRate;
    private int sign, since;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.TokenEntropy is not { } nats || !double.IsFinite(nats)) return null;
        var shift = nats - entropy.Level;
        var deviations = entropy.Deviations(nats);
        var isOdd = entropy.Count >= Settled && Math.Abs(deviations) > Sigmas && Math.Abs(shift) > Least;
        if (isOdd && (odd == 0 || Math.Sign(shift) != sign)) (sign, since, odd, far) = (Math.Sign(shift), metrics.Step, 0, 0);
        odd = Shift(odd, isOdd);
        far = Shift(far, isOdd && Math.Abs(deviations) > FarSigmas);
        var (together, farTogether) = (BitOperations.PopCount(odd), BitOperations.PopCount(far));
        var needed = rate < Rare ? 2 : rate < Common ? 3 : Together;
        var usualLoss = loss.Level;
        entropy.Add(nats);
        loss.Add(metrics.Loss);
        rate = Math.Max(LeastRate, rate + (((isOdd ? 1 : 0) - rate) / RateMemory));
        if (!isOdd)
        {
            alarm.Rest();
            return null;
        }
        if (together <= needed && farTogether < needed) return null;
        var certain = together >= Certain && shift > ActNats && metrics.Loss - usualLoss > ActLoss;
        var severity = certain ? Severity.Act : Severity.Warn;
        return alarm.Raise(severity) ? Report(metrics, nats, nats - shift, deviations, together, severity) : null;
    }

    private static uint Shift(uint bits, bool bit) => ((bits << 1) | (bit ? 1u : 0)) & ((1u << Together) - 1);

    private Symptom Report(StepMetrics metrics, double nats, double expected, double deviations, int together, Severity severity) => new()
    {
        Detector = "token_entropy",
        Severity = severity,
        Cause = Cause.Data,
        Confidence = severity == Severity.Act ? 0.98 : 0.9,
        Directness = 2,
        Since = since,
        Message = $"The batch's token entropy is {nats:F2} nats at step {metrics.Step}, where {expected:F2} was usual ({Math.Abs(deviations):F0} deviations, {together} of {Together} batches): "
            + (sign > 0 ? "it holds text that is nearer to noise than what came before." : "it is more monotonous than what came before."),
        Evidence = new Dictionary<string, double> { ["data/token_entropy"] = nats, ["expected"] = expected, ["sigma"] = deviations, ["odd_batches"] = together },
    };
}
