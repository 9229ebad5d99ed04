using Anneal.Lab.Evidence;

namespace Anneal.Tests.Lab.Evidence;

public class ScaleInvariantTests
{
    [Theory]
    [InlineData(new[] { 0.7 }, 1.5)]
    [InlineData(new[] { 0.7, 1.1 }, 2.0)]
    [InlineData(new[] { 0.3, 0.4, 0.35, 0.2 }, 3.0)]
    [InlineData(new[] { -0.3, 0.4, 0.1, -0.6, 0.2 }, 1.0)]
    [InlineData(new[] { -1.0, -0.8, -1.2 }, 4.0)]
    [InlineData(new[] { -1.0, -0.8, -1.2 }, -4.0)]
    [InlineData(new[] { 2.0, 2.2, 1.9, 2.4, 2.1, 1.8, 2.0, 2.3 }, 6.0)]
    public void Equals_the_integral_over_sigma_done_by_brute_force(double[] values, double delta)
    {
        double expected = Math.Log(Marginal(values, delta) / Marginal(values, 0));
        ScaleInvariant.LogBayesFactor(Moments.Of(values), delta).ShouldBe(expected, 1e-6 * (1 + Math.Abs(expected)));
    }

    /// <summary>Integral over log sigma (that is d sigma / sigma) of the likelihood with mean delta * sigma; trapezoids.</summary>
    private static double Marginal(double[] values, double delta)
    {
        double sum = 0;
        for (double log = -25; log <= 25; log += 1e-3)
        {
            double sigma = Math.Exp(log), exponent = 0;
            foreach (double x in values) exponent -= Math.Pow(x / sigma - delta, 2) / 2;
            sum += Math.Exp(exponent - values.Length * log) * 1e-3;
        }

        return sum;
    }
}
