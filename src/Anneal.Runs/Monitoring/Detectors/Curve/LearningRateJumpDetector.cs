using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// A learning rate that leaves its schedule upwards, to where it has never been. A restart that returns to an old peak is silent;
/// so is a rise that goes with a larger batch (more tokens or more seconds a step).
/// </summary>
internal sealed class LearningRateJumpDetector : IDetector
{
    private const double AbovePeak = 1.05, Acts = 2.5, LeastGrowth = 1.3, Slack = 1.15, Stays = 0.8;
    private const int Repeats = 100;

    private long tokens, tokensAStep;
    private double jumpedTo;
    private int repeats;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        var growth = Growth(vitals);
        var rate = vitals.LearningRate;
        if (!rate.IsHeard) return null;
        if (rate is { BreaksUp: true, Peak: > 0 } && rate.Value > AbovePeak * rate.Peak)
        {
            var ratio = rate.Value / rate.Peak;
            if (growth >= LeastGrowth && ratio <= growth * Slack) return null;
            (jumpedTo, repeats) = (rate.Value, 0);
            var symptom = Symptom(vitals, ratio);
            acting = symptom.Severity == Severity.Act ? symptom : null;
            return symptom;
        }
        if (acting is not null && (rate.Value < Stays * jumpedTo || ++repeats > Repeats)) acting = null;
        return acting;
    }

    private static Symptom Symptom(Vitals vitals, double ratio) => new()
    {
        Severity = ratio >= Acts ? Severity.Act : Severity.Warn,
        Detector = "lr_jump",
        Cause = Cause.Schedule,
        Confidence = ratio >= Acts ? 0.999 : 0.9,
        Directness = 2,
        Message = $"The learning rate jumped to {vitals.LearningRate.Value:G3} at step {vitals.Metrics.Step}, {ratio:G3} times the highest before; its schedule led to {vitals.LearningRate.Previous:G3}.",
        Evidence = Report.Evidence(vitals, null, ("expected", vitals.LearningRate.Previous), ("peak", vitals.LearningRate.Peak), ("factor", ratio)),
    };

    // Of the batch, as far as tokens or seconds a step tell.
    private double Growth(Vitals vitals)
    {
        // Seconds tell of the batch only where nothing better does: they differ from one watch of the same steps to the next.
        if (vitals.Metrics.Tokens is not { } now) return vitals.StepTime is { IsHeard: true, IsReady: true } ? Math.Exp(vitals.StepTime.Innovation) : 1;
        var step = (now - tokens) / vitals.Interval;
        var growth = tokensAStep > 0 && !vitals.WentBack ? (double)step / tokensAStep : 1;
        (tokens, tokensAStep) = (now, step);
        return growth;
    }
}
