namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// What a signal usually is: level, noise and the largest excursions so far, in a few numbers. Values are drawn in towards the
/// level before they count, so that an outlier moves neither level nor noise by much and a lasting shift is adopted in time.
/// </summary>
/// <param name="memory">Values after which an old one has lost most of its weight.</param>
/// <param name="floor">Least noise that is believed, as a standard deviation: a signal that stood still is not thereby exact.</param>
internal sealed class Habit(int memory, double floor)
{
    // A normal's standard deviation over its mean absolute deviation.
    private const double AbsoluteToSigma = 1.2533;
    private const double Reach = 4, TailMultiple = 1.4, TailMemories = 8;
    private const int Settled = 8;

    private double spread, up, down;

    /// <summary>Values heard.</summary>
    public int Count { get; private set; }

    /// <summary>Usual value.</summary>
    public double Level { get; private set; }

    /// <summary>Noise around it, as a standard deviation.</summary>
    public double Sigma => Math.Max(floor, AbsoluteToSigma * spread);

    /// <summary>How far a value lies from the level, in deviations.</summary>
    /// <param name="value">Not yet added.</param>
    public double Deviations(double value) => (value - Level) / Sigma;

    /// <summary>Deviations that a value must exceed to be news: the bound asked for, more while little was heard, and more than the run's own tails.</summary>
    /// <param name="bound">For a long known, light-tailed signal.</param>
    /// <param name="upward">Which tail.</param>
    public double Bound(double bound, bool upward) => Math.Max(bound * (1 + 4.0 / Math.Max(Count, 1)), TailMultiple * (upward ? up : down));

    /// <summary>Takes in a value.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value)) return;
        if (Count++ == 0)
        {
            Level = value;
            return;
        }
        var rate = Math.Max(1.0 / Count, 1.0 / memory);
        var distance = value - Level;
        if (Count > Settled)
        {
            var deviations = distance / Sigma;
            var fade = 1 - (1 / (TailMemories * memory));
            (up, down) = (Math.Max(up * fade, deviations), Math.Max(down * fade, -deviations));
            distance = Math.Clamp(deviations, -Reach, Reach) * Sigma;
        }
        Level += rate * distance;
        spread += rate * (Math.Abs(distance) - spread);
    }
}
