using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The update's norm over the learning rate leaps though the gradient of that step does not: moments are lost or corrupt, or the
/// rate in use is not the rate that is logged. A hard batch moves both; a change of batch size moves the gradient first.
/// </summary>
internal sealed class UpdateRatioDetector : IDetector
{
    // Below this share of the largest rate, rounding of the parameters sets the norm.
    private const double LeastRate = 1e-2;
    private const double Sigmas = 8, Least = 0.4, ActLeap = 1.6, LastingLeap = 0.9, Explained = 0.5, OddGradient = 3;
    private const int Settled = 16, Confirmed = 2, Lasting = 24;

    private readonly Leap ratio = new(Sigmas, Least, Settled), gradient = new(4, Explained * Least, Settled);
    private readonly Alarm alarm = new(64);
    private double largestRate, previousRate;
    private bool explained;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.UpdateNorm is not > 0 || metrics.LearningRate is not > 0 || metrics.Nonfinite == true) return null;
        var (update, rate) = (metrics.UpdateNorm.Value, metrics.LearningRate.Value);
        if (!double.IsFinite(update) || !double.IsFinite(rate)) return null;
        largestRate = Math.Max(largestRate, rate);
        // Some trainers log the rate of the next step: where it moves, either may be meant.
        var moved = previousRate > 0 && Math.Abs(Math.Log(rate / previousRate)) > 0.1;
        previousRate = rate;
        if (rate < LeastRate * largestRate || moved) return null;

        var pending = ratio.Pending;
        var stands = ratio.Add(Math.Log(update / rate));
        if (metrics.GradNorm is > 0 and < double.PositiveInfinity)
        {
            gradient.Add(Math.Log(metrics.GradNorm.Value));
            if (pending == 0 && stands) explained = Math.Abs(gradient.Sigmas) > OddGradient && Math.Abs(gradient.Size) > Explained * Math.Abs(ratio.Size);
        }
        if (!stands || explained)
        {
            if (!stands) alarm.Rest();
            return null;
        }
        if (ratio.Pending < Confirmed && Math.Abs(ratio.Size) < 2 * Least) return null;
        var certain = (ratio.Size > ActLeap && ratio.Pending >= Confirmed) || (Math.Abs(ratio.Size) > LastingLeap && ratio.Pending >= Lasting);
        var severity = certain ? Severity.Act : Severity.Warn;
        return alarm.Raise(severity) ? Report(metrics, severity) : null;
    }

    private Symptom Report(StepMetrics metrics, Severity severity) => new()
    {
        Detector = "update_ratio",
        Severity = severity,
        Cause = Cause.Optimizer,
        Confidence = severity == Severity.Act ? 0.98 : 0.9,
        Directness = 2,
        Since = metrics.Step - ratio.Pending + 1,
        Message = $"The update is {Math.Exp(ratio.Size):G3} times what this learning rate gave before, at step {metrics.Step}, and the gradient does not explain it: "
            + "the optimizer's moments are lost or corrupt, or the rate in use is not the rate that is logged.",
        Evidence = new Dictionary<string, double>
        {
            ["train/update_norm"] = metrics.UpdateNorm!.Value,
            ["expected"] = Math.Exp(ratio.Level) * metrics.LearningRate!.Value,
            ["factor"] = Math.Exp(ratio.Size),
            ["sigma"] = ratio.Sigmas,
            ["train/lr"] = metrics.LearningRate.Value,
        },
    };
}
