using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Steps take longer than they did, and go on doing so. Single pauses (evaluation, checkpoint, garbage collection, a first compile) vanish in
/// the least of three steps and in medians of eight; a change of batch or context starts the comparison anew where tokens are said.
/// </summary>
internal sealed class StragglerDetector : IDetector
{
    private const int Cell = 8, Settled = 6, SoonSettled = 32, Lasting = 3;
    private const double SoonSigmas = 8, SoonLeast = 0.22, Sigmas = 6, Least = 0.03;

    private readonly StepClock clock = new();
    private readonly double[] cell = new double[Cell];
    private readonly Alarm alarm = new(6);
    private Leap cells = new(), soon = new();
    private double one = double.NaN, two = double.NaN;
    private int filled;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        clock.Take(vitals.Metrics);
        if (clock.Resized) Restart();
        if (clock.Duration is not { } duration || !double.IsFinite(duration)) return null;
        var log = Math.Log(duration);
        var least = Math.Min(log, Math.Min(one, two));
        (two, one) = (one, log);
        var jumped = !double.IsNaN(least) && soon.Add(least, SoonSigmas, SoonLeast, SoonSettled) && soon.Size > 0 && soon.Pending >= 2;

        cell[filled++] = log;
        var slower = false;
        if (filled == Cell)
        {
            filled = 0;
            Array.Sort(cell);
            slower = cells.Add((cell[3] + cell[4]) / 2, Sigmas, Least, Settled) && cells.Size > 0 && cells.Pending >= Lasting;
            if (!slower) alarm.Rest();
        }
        if (!jumped && !slower) return null;
        return alarm.Raise(Severity.Warn) ? Report(vitals.Metrics, jumped ? soon : cells, jumped ? soon.Pending + 2 : Lasting * Cell) : null;
    }

    private static Symptom Report(StepMetrics metrics, Leap leap, int steps) => new()
    {
        Detector = "straggler",
        Severity = Severity.Warn,
        Cause = Cause.Infrastructure,
        Confidence = 0.9,
        Directness = 2,
        Since = Math.Max(1, metrics.Step - steps + 1),
        Message = $"Steps take {Math.Exp(leap.Size) - 1:P0} longer for about {steps} steps, up to step {metrics.Step}, than they did before: something slows the machine.",
        Evidence = new Dictionary<string, double> { ["factor"] = Math.Exp(leap.Size), ["sigma"] = leap.Sigmas, ["steps"] = steps },
    };

    private void Restart()
    {
        (cells, soon, one, two, filled) = (new(), new(), double.NaN, double.NaN, 0);
        alarm.Rest();
    }
}
