namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>The last values of a signal, oldest first.</summary>
/// <param name="size">Values kept.</param>
internal sealed class Window(int size)
{
    private readonly Queue<double> values = new(size + 1);

    public int Count => values.Count;

    public bool IsFull => values.Count == size;

    public IEnumerable<double> Values => values;

    public void Add(double value)
    {
        values.Enqueue(value);
        if (values.Count > size) values.Dequeue();
    }

    public double Mean()
    {
        double sum = 0;
        foreach (var value in values) sum += value;
        return sum / values.Count;
    }

    /// <summary>Sample standard deviation (divisor n - 1), as torch.std.</summary>
    public double Deviation()
    {
        double mean = Mean(), sum = 0;
        foreach (var value in values) sum += (value - mean) * (value - mean);
        return Math.Sqrt(sum / (values.Count - 1));
    }

    public double Median()
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
