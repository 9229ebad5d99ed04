namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>The last values of a signal, in fixed memory.</summary>
/// <param name="size">Values kept.</param>
internal sealed class RollingWindow(int size)
{
    // Makes the median absolute deviation an estimate of a normal's standard deviation.
    private const double MadToSigma = 1.4826;

    private readonly double[] values = new double[size];
    private readonly double[] scratch = new double[size];
    private int next;

    public int Count { get; private set; }

    public bool IsFull => Count == values.Length;

    public void Add(double value)
    {
        values[next] = value;
        next = (next + 1) % values.Length;
        if (Count < values.Length) Count++;
    }

    public void Clear() => (next, Count) = (0, 0);

    public double Mean()
    {
        double sum = 0;
        for (var i = 0; i < Count; i++) sum += values[i];
        return sum / Count;
    }

    public double Median()
    {
        values.AsSpan(0, Count).CopyTo(scratch);
        return MedianOfScratch();
    }

    /// <summary>Robust standard deviation: the scaled median distance from the median.</summary>
    public double Sigma()
    {
        var median = Median();
        for (var i = 0; i < Count; i++) scratch[i] = Math.Abs(values[i] - median);
        return MadToSigma * MedianOfScratch();
    }

    private double MedianOfScratch()
    {
        var sorted = scratch.AsSpan(0, Count);
        sorted.Sort();
        return Count % 2 == 1 ? sorted[Count / 2] : (sorted[Count / 2 - 1] + sorted[Count / 2]) / 2;
    }
}
