namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Sudden changes of a signal that may come at every step or once in twenty. A value is held against where the signal has been
/// lately, and the distance against the distances before: a signal that drifts or is noisy by habit leaps further to be news.
/// </summary>
/// <param name="bound">Deviations that make a leap, beyond the signal's own tails.</param>
/// <param name="least">Least distance that matters.</param>
/// <param name="settled">Values to hear first.</param>
/// <param name="memory">Values after which an old distance has lost most of its weight.</param>
/// <param name="floor">Least noise that is believed; 0: a fiftieth of the least distance.</param>
internal sealed class Leap(double bound, double least, int settled, int memory = 48, double floor = 0)
{
    private const double Follow = 0.25, Reach = 3, Stays = 0.5, Exact = 0.02;

    private readonly Habit distances = new(memory, floor > 0 ? floor : Exact * least);
    private double level, first;
    private int sign;

    /// <summary>Values heard.</summary>
    public int Count { get; private set; }

    /// <summary>Where the signal was before the leap, or is.</summary>
    public double Level => Pending > 0 ? Before : level;

    /// <summary>Distance of the last value from where the signal was.</summary>
    public double Size { get; private set; }

    /// <summary>The distance in deviations of earlier distances.</summary>
    public double Sigmas { get; private set; }

    /// <summary>Values since a leap that still stands, the first one included; 0 for none.</summary>
    public int Pending { get; private set; }

    private double Before { get; set; }

    /// <summary>Takes in a value and says whether a leap stands: <see cref="Pending"/> is 1 at its first value.</summary>
    /// <param name="value">Finite.</param>
    public bool Add(double value)
    {
        if (Count++ == 0) level = value;
        var distance = value - level;
        if (Pending > 0)
        {
            Size = value - Before;
            var stands = Pending < memory && Math.Sign(Size) == sign && Math.Abs(Size) >= Math.Max(least, Stays * first);
            if (Pending == memory) level = value; // accepted
            Pending = stands ? Pending + 1 : 0;
        }
        else
        {
            Size = distance;
            Sigmas = distances.Deviations(distance);
            if (Count > settled && Math.Abs(distance) >= least && Math.Abs(Sigmas) >= distances.Bound(bound, distance > 0))
                (Pending, Before, first, sign) = (1, level, Math.Abs(distance), Math.Sign(distance));
        }
        distances.Add(distance);
        // A single value does not carry the level away.
        var reach = Count > settled ? Reach * distances.Sigma : double.PositiveInfinity;
        level += Follow * Math.Clamp(value - level, -reach, reach);
        return Pending > 0;
    }
}
