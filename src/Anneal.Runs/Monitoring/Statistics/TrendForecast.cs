namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>
/// Local level and slope of a signal, a value ahead: the straight line through the recent past with fading memory. The gains are
/// those of the least-squares line through the last n values, n growing with age, so that it starts fast and ends smooth.
/// </summary>
internal sealed class TrendForecast
{
    private const double LeastMemory = 8, MemoryPerValue = 0.25, MostMemory = 128;

    private double slope;
    private int heard;
    private double memory;

    /// <summary>The next value, if all goes on as it does; NaN before the first.</summary>
    public double Next { get; private set; } = double.NaN;

    /// <summary>Change a value.</summary>
    public double Slope => slope;

    /// <summary>Takes in a value.</summary>
    /// <param name="value">Finite.</param>
    /// <param name="reach">An innovation moves the line as if it were no larger than this; infinite while nothing is known of the noise.</param>
    public void Learn(double value, double reach)
    {
        heard++;
        if (heard == 1)
        {
            (Next, slope, memory) = (value, 0, 1);
            return;
        }
        memory = Math.Min(memory + 1, Math.Min(LeastMemory + (heard * MemoryPerValue), MostMemory));
        var innovation = Math.Clamp(value - Next, -reach, reach);
        var level = Next + (innovation * 2 * ((2 * memory) - 1) / (memory * (memory + 1)));
        if (heard > 2) slope += innovation * 6 / (memory * (memory + 1));
        else slope = value - Next;
        Next = level + slope;
    }

    /// <summary>The signal went somewhere else for good: go on from there, ready to learn.</summary>
    /// <param name="level">The next value; NaN where it is not known: then the next one heard.</param>
    /// <param name="slope">Change a value.</param>
    public void MoveTo(double level, double slope)
    {
        (Next, this.slope, memory) = (level, slope, LeastMemory);
    }
}
