namespace Anneal.Benchmarks.Evidence;

/// <summary>
/// Draws differences of null pairs. Which run of a pair is called the control is a coin toss, so each draw has a random sign;
/// within an experiment no pair is drawn twice (two copies of one number would look like no noise at all).
/// </summary>
internal sealed class NullNoise
{
    private readonly double[] differences;
    private readonly int[] order;

    public NullNoise(IEnumerable<double> pool)
    {
        differences = [.. pool];
        order = [.. Enumerable.Range(0, differences.Length)];
        Sigma = Math.Sqrt(differences.Average(d => d * d));
    }

    /// <summary>Standard deviation of a difference.</summary>
    public double Sigma { get; }

    /// <summary>Fourth moment over squared variance: 3 for a normal distribution.</summary>
    public double Kurtosis => differences.Average(d => Math.Pow(d / Sigma, 4));

    /// <summary>The first <paramref name="count"/> differences of a fresh experiment.</summary>
    public double[] Draw(int count, Random random)
    {
        var drawn = new double[count];
        for (int i = 0; i < count; i++)
        {
            int j = random.Next(i, order.Length);
            (order[i], order[j]) = (order[j], order[i]);
            drawn[i] = random.Next(2) == 0 ? differences[order[i]] : -differences[order[i]];
        }

        return drawn;
    }
}
