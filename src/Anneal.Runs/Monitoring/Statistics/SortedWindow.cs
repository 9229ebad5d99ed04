namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>The last values of a signal, also in order of size: quantiles cost nothing, a value costs one short move of memory.</summary>
/// <param name="size">Values kept.</param>
internal sealed class SortedWindow(int size)
{
    private readonly double[] ring = new double[size];
    private readonly double[] sorted = new double[size];
    private int next;

    public int Count { get; private set; }

    public bool IsFull => Count == ring.Length;

    public double Median => Quantile(0.5);

    /// <summary>Takes in a value in place of the oldest.</summary>
    /// <param name="value">Not NaN.</param>
    public void Add(double value)
    {
        // Where the value goes if nothing leaves.
        var to = IndexOf(value);
        var from = Count;
        if (IsFull)
        {
            from = IndexOf(ring[next]);
            if (to > from) to--;
        }
        else
        {
            Count++;
        }
        if (to < from) sorted.AsSpan(to, from - to).CopyTo(sorted.AsSpan(to + 1));
        else if (to > from) sorted.AsSpan(from + 1, to - from).CopyTo(sorted.AsSpan(from));
        sorted[to] = value;
        ring[next] = value;
        if (++next == ring.Length) next = 0;
    }

    public void Clear() => (next, Count) = (0, 0);

    /// <summary>Interpolated between neighbours; NaN while empty.</summary>
    /// <param name="share">0 to 1.</param>
    public double Quantile(double share)
    {
        if (Count == 0) return double.NaN;
        var place = share * (Count - 1);
        var below = (int)place;
        return below + 1 < Count ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }

    /// <summary>Share of the values below this one, 0 to 1.</summary>
    public double Rank(double value) => Count == 0 ? double.NaN : (double)IndexOf(value) / Count;

    // First place whose value is not below this one.
    private int IndexOf(double value)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (sorted[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
