using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// Loss, gradient or parameters that are NaN or infinite. A step that the trainer's guard refused is a warning, as is a gradient
/// alone (loss scaling overflows now and then); a loss that nobody guarded, several in a row, or parameters that are not finite
/// will not mend by themselves.
/// </summary>
internal sealed class NonFiniteDetector : IDetector
{
    private const int MostInARow = 3, MostOfRecent = 10, Recent = 100, Dead = 8;

    private readonly int[] steps = new int[MostOfRecent];
    private int inARow;
    private long heard;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        var metrics = vitals.Metrics;
        if (vitals.WentBack) inARow = 0;
        if (NonFiniteSignal(metrics) is not { } signal)
        {
            inARow = 0;
            acting = null;
            return null;
        }
        inARow++;
        var oldest = steps[heard % MostOfRecent];
        steps[heard++ % MostOfRecent] = metrics.Step;
        var often = heard >= MostOfRecent && metrics.Step - oldest <= (long)Recent * vitals.Interval && metrics.Step > oldest;
        var poisoned = metrics.ParamNorm is { } norm && !double.IsFinite(norm);
        var unguarded = !double.IsFinite(metrics.Loss) && metrics.Nonfinite != true;
        var fatal = poisoned || inARow >= Dead;
        // Said at its first step, when it becomes serious and when it is over with the run.
        if (acting is { } said && said.Fatal == fatal) return said;
        if (poisoned || unguarded || inARow >= MostInARow || often) return acting = Symptom(vitals, signal, poisoned, fatal, Severity.Act);
        return inARow == 1 ? Symptom(vitals, signal, poisoned, fatal, Severity.Warn) : null;
    }

    private Symptom Symptom(Vitals vitals, string signal, bool poisoned, bool fatal, Severity severity) => new()
    {
        Severity = severity,
        Detector = "non_finite",
        Cause = Cause.Numerics,
        Confidence = severity == Severity.Act ? 0.999 : 0.95,
        Directness = 2,
        Since = vitals.Metrics.Step - ((inARow - 1) * vitals.Interval),
        Fatal = fatal,
        Message = poisoned
            ? $"The parameters are no longer finite at step {vitals.Metrics.Step}: nothing that follows is of use."
            : inARow > 1
                ? $"{signal} has not been finite for {inARow} steps in a row, up to step {vitals.Metrics.Step}."
                : severity == Severity.Act
                    ? $"{signal} is not finite at step {vitals.Metrics.Step}, and nothing says that the update was refused."
                    : $"{signal} is not finite at step {vitals.Metrics.Step}; the update was refused or is lost.",
        Evidence = Report.Evidence(vitals, null, ("in_a_row", inARow), ("heard", heard)),
    };

    private static string? NonFiniteSignal(StepMetrics metrics) =>
        !double.IsFinite(metrics.Loss) ? "The loss"
        : metrics.GradNorm is { } norm && !double.IsFinite(norm) ? "The gradient"
        : metrics.ParamNorm is { } parameters && !double.IsFinite(parameters) ? "The parameter norm"
        : metrics.Nonfinite == true ? "The update"
        : null;
}
