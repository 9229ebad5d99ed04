using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The first loss of a language model that knows nothing is near the logarithm of its vocabulary, at most 14 nats for a million
/// tokens. A first loss far above is wrong scales at the start.
/// </summary>
internal sealed class InitialisationDetector : IDetector
{
    private const double MostNats = 14;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.Seen != 1 || vitals.IsMeasurement || metrics.Step > 1 || !(metrics.Loss > MostNats) || !double.IsFinite(metrics.Loss)) return null;
        return new Symptom
        {
            Detector = "initialisation",
            Severity = Severity.Warn,
            Cause = Cause.Model,
            Confidence = 0.9,
            Directness = 2,
            Message = $"The first loss is {metrics.Loss:G4} nats a token; a model that knows nothing starts near the logarithm of its vocabulary, at most {MostNats}: the initial weights are out of scale.",
            Evidence = new Dictionary<string, double> { ["train/loss"] = metrics.Loss, ["expected"] = MostNats },
        };
    }
}
