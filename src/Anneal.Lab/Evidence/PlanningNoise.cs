namespace Anneal.Lab.Evidence;

/// <summary>Noise for planning: how far apart two runs of the same recipe lie.</summary>
public static class PlanningNoise
{
    /// <summary>Standard deviation of a null pair's difference; its mean is zero by symmetry. NaN without pairs.</summary>
    public static double Sigma(IEnumerable<double> nullDifferences)
    {
        double[] squares = [.. nullDifferences.Select(d => d * d)];
        return squares.Length == 0 ? double.NaN : Math.Sqrt(squares.Average());
    }
}
