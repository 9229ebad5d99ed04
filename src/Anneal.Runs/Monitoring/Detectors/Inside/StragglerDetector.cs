using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Steps take longer than they did, and go on doing so. Single pauses (evaluation, checkpoint, garbage collection, a first compile) vanish in
/// the least of three steps and in medians of eight. By half shows within a few steps; a few percent add up over tens (a cumulative sum,
/// Page 1954, held against the largest that the run's own noise has made). A change of batch or context starts the comparison anew where tokens are said.
/// </summary>
internal sealed class StragglerDetector : IDetector
{
    private const int Cell = 8, SettledCells = 12, Settled = 32;
    private const double SoonSigmas = 8, SoonLeast = 0.22;
    // Slack and bound of the sum, in deviations of a cell; least mean excess in nats, 2.5%.
    private const double Slack = 1, Bound = 6, TailMultiple = 1.5, Most = 3.5, Least = 0.025;

    private readonly StepClock clock = new();
    private readonly double[] cell = new double[Cell];
    private Habit cells = new(64, 2e-3);
    private Leap soon = new(SoonSigmas, SoonLeast, Settled);
    private double one = double.NaN, two = double.NaN;
    private double sum, largest, excess;
    private int filled, adding;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        clock.Take(vitals.Metrics);
        if (clock.Resized) Restart();
        if (clock.Duration is not { } duration || !double.IsFinite(duration)) return null;
        var log = Math.Log(duration);
        var least = Math.Min(log, Math.Min(one, two));
        (two, one) = (one, log);
        var jumped = !double.IsNaN(least) && soon.Add(least) && soon.Size > 0 && soon.Pending >= 2;

        cell[filled++] = log;
        var slower = filled == Cell && Slower();
        if (filled == Cell) filled = 0;
        if (!jumped && !slower) return null;
        var symptom = jumped ? Report(vitals.Metrics, soon.Size, soon.Pending + 2) : Report(vitals.Metrics, excess / adding, adding * Cell);
        // Told once; from here on it is how the machine runs.
        Restart();
        return symptom;
    }

    private bool Slower()
    {
        Array.Sort(cell);
        var median = (cell[(Cell / 2) - 1] + cell[Cell / 2]) / 2;
        if (cells.Count < SettledCells)
        {
            cells.Add(median);
            return false;
        }
        sum = Math.Max(0, sum + Math.Clamp(cells.Deviations(median), -Most, Most) - Slack);
        (adding, excess) = sum > 0 ? (adding + 1, excess + median - cells.Level) : (0, 0);
        cells.Add(median);
        if (sum > Math.Max(Bound, TailMultiple * largest) && excess > Least * adding)
            return true;
        // What came and went was noise, and the next must be more.
        if (sum > 0 && excess <= Least * adding || sum < Bound) largest = Math.Max(largest * 0.995, sum);
        return false;
    }

    private static Symptom Report(StepMetrics metrics, double size, int steps) => new()
    {
        Detector = "straggler",
        Severity = Severity.Warn,
        Cause = Cause.Infrastructure,
        Confidence = 0.9,
        Directness = 2,
        Since = Math.Max(1, metrics.Step - steps + 1),
        Message = $"Steps take {Math.Exp(size) - 1:P0} longer for about {steps} steps, up to step {metrics.Step}, than they did before: something slows the machine.",
        Evidence = new Dictionary<string, double> { ["factor"] = Math.Exp(size), ["steps"] = steps },
    };

    private void Restart()
    {
        (cells, soon, one, two) = (new(64, 2e-3), new(SoonSigmas, SoonLeast, Settled), double.NaN, double.NaN);
        (sum, excess, filled, adding) = (0, 0, 0, 0);
    }
}
