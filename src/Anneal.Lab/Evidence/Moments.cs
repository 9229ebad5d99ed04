namespace Anneal.Lab.Evidence;

/// <summary>Count, mean and centred sum of squares of a sample.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Their mean; NaN without values.</param>
/// <param name="Scatter">Sum of squared deviations from the mean.</param>
internal readonly record struct Moments(int Count, double Mean, double Scatter)
{
    /// <summary>Sample standard deviation (n - 1); NaN with fewer than two values.</summary>
    public double Sd => Count < 2 ? double.NaN : Math.Sqrt(Scatter / (Count - 1));

    /// <summary>Sum of squares about zero.</summary>
    public double SumOfSquares => Scatter + Count * Mean * Mean;

    public static Moments Of(IReadOnlyList<double> values) => OfFirst(values, values.Count);

    /// <summary>Moments of the first <paramref name="count"/> values (two passes, so that nearly equal values keep their scatter).</summary>
    public static Moments OfFirst(IReadOnlyList<double> values, int count)
    {
        if (count == 0) return new(0, double.NaN, 0);
        double mean = 0, scatter = 0;
        for (int i = 0; i < count; i++) mean += values[i];
        mean /= count;
        for (int i = 0; i < count; i++) scatter += (values[i] - mean) * (values[i] - mean);
        return new(count, mean, scatter);
    }
}
