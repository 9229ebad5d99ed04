using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// A loss that repeats to the last digit, more often than its noise and its printed resolution make credible: a log that hides
/// NaN behind the last good value, a step that is skipped for ever, a model that no longer sees its data.
/// </summary>
internal sealed class RepeatedLossDetector : IDetector
{
    // Decimal orders of improbability.
    private const double Warns = 5.5, Acts = 9, Kills = 25;
    private const int Prior = 50;
    // Peak of the density of the difference of two normals, times sigma.
    private const double PeakDensity = 0.282;

    private double previous = double.NaN;
    private int repeats;
    private double equal, heard;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement || !vitals.Loss.IsHeard) return null;
        var loss = vitals.Loss.Value;
        var repeated = loss == previous && !vitals.WentBack;
        previous = loss;
        if (!repeated)
        {
            // Only short runs count as this log's habit.
            if (repeats <= 2) equal += repeats;
            heard++;
            repeats = 0;
            acting = null;
            return null;
        }
        repeats++;
        if (!vitals.Loss.IsReady || vitals.Loss.Sigma <= 0) return null;
        var chance = Math.Clamp(Math.Max(PeakDensity * vitals.Loss.Resolution / vitals.Loss.Sigma, equal / (heard + Prior)), 1e-7, 1);
        var orders = -repeats * Math.Log10(chance);
        var before = -(repeats - 1) * Math.Log10(chance);
        if (acting is not null && (orders < Kills || acting.Fatal)) return acting;
        if (orders >= Acts && repeats >= 2) return acting = Symptom(vitals, Severity.Act, orders);
        return orders >= Warns && before < Warns ? Symptom(vitals, Severity.Warn, orders) : null;
    }

    private Symptom Symptom(Vitals vitals, Severity severity, double orders) => new()
    {
        Severity = severity,
        Detector = "repeated_loss",
        Cause = Cause.Numerics,
        Confidence = Math.Min(1 - Math.Pow(10, 3 - orders), 0.9999),
        Directness = 2,
        Since = vitals.Metrics.Step - (repeats * vitals.Interval),
        Fatal = orders >= Kills && repeats >= 5,
        Message = $"The loss has been exactly {vitals.Loss.Value:G6} for {repeats + 1} steps up to {vitals.Metrics.Step}, where steps differ by about {vitals.Loss.Sigma:G2}: the log repeats an old value, which usually hides NaN, or no step is taken any more.",
        Evidence = Report.Evidence(vitals, vitals.Loss, ("repeats", repeats), ("resolution", vitals.Loss.Resolution)),
    };
}
