using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors;

/// <summary>
/// Loss, gradient or parameters that are NaN or infinite. One such step is a warning, since a guarded trainer skips it and
/// usually recovers; several in a row, or parameters that are not finite, will not mend by themselves.
/// </summary>
internal sealed class NonFiniteDetector : IDetector
{
    private const int MostInARow = 3, MostOfRecent = 10, Recent = 100;

    private readonly Queue<int> steps = new();
    private int inARow;
    private bool acted;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        var metrics = vitals.Metrics;
        var signal = NonFiniteSignal(metrics);
        if (signal is null)
        {
            inARow = 0;
            return null;
        }
        inARow++;
        steps.Enqueue(metrics.Step);
        while (steps.Peek() <= metrics.Step - Recent) steps.Dequeue();

        var poisoned = metrics.ParamNorm is { } norm && !double.IsFinite(norm);
        var act = poisoned || inARow >= MostInARow || steps.Count >= MostOfRecent;
        // An episode speaks at its first step and when it becomes serious.
        if (acted || (!act && inARow > 1)) return null;
        acted = act;
        return new Symptom
        {
            Severity = act ? Severity.Act : Severity.Warn,
            Detector = "non_finite",
            Cause = Cause.Numerics,
            Message = poisoned
                ? $"The parameters are no longer finite at step {metrics.Step}: nothing that follows is of use."
                : act
                    ? $"{signal} has not been finite for {inARow} steps in a row ({steps.Count} of the last {Recent}), up to step {metrics.Step}."
                    : $"{signal} is not finite at step {metrics.Step}; the update was refused or is lost.",
            Evidence = new Dictionary<string, double>
            {
                ["train/loss"] = metrics.Loss,
                ["train/grad_norm"] = metrics.GradNorm ?? 0,
                ["in_a_row"] = inARow,
                ["recent"] = steps.Count,
            },
        };
    }

    private static string? NonFiniteSignal(StepMetrics metrics) =>
        !double.IsFinite(metrics.Loss) ? "The loss"
        : metrics.GradNorm is { } norm && !double.IsFinite(norm) ? "The gradient"
        : metrics.ParamNorm is { } parameters && !double.IsFinite(parameters) ? "The parameter norm"
        : metrics.Nonfinite == true ? "The update"
        : null;
}
