namespace Anneal.Lab.Evidence;

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    private const double InverseSqrt2Pi = 0.39894228040143267794;

    /// <summary>Density at <paramref name="z"/>.</summary>
    public static double Density(double z) => InverseSqrt2Pi * Math.Exp(-z * z / 2);

    /// <summary>P(Z &lt;= z). Relative error below 1e-12.</summary>
    public static double Cdf(double z)
    {
        if (double.IsNaN(z)) return double.NaN;
        if (z > 0) return 1 - Cdf(-z);
        if (z < -38) return 0;
        return z < -3 ? Density(z) * MillsRatio(-z) : 0.5 - SeriesFromZero(-z);
    }

    /// <summary>The z with P(Z &lt;= z) = <paramref name="p"/>, 0 &lt; p &lt; 1, by bisection on <see cref="Cdf"/>.</summary>
    public static double Quantile(double p)
    {
        double low = -38, high = 38;
        for (int i = 0; i < 100 && high - low > 1e-13; i++)
        {
            double middle = (low + high) / 2;
            if (Cdf(middle) < p) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>(1 - Cdf(x)) / Density(x) for x > 0: Laplace's continued fraction, evaluated backwards.</summary>
    private static double MillsRatio(double x)
    {
        double tail = x;
        for (int k = 120; k >= 1; k--) tail = x + k / tail;
        return 1 / tail;
    }

    /// <summary>Cdf(x) - 1/2 = density(x) * (x + x^3/3 + x^5/15 + ...), all terms positive for x >= 0.</summary>
    private static double SeriesFromZero(double x)
    {
        double term = x, sum = x;
        for (int k = 3; term > 1e-17 * sum; k += 2)
        {
            term *= x * x / k;
            sum += term;
        }

        return sum * Density(x);
    }
}
