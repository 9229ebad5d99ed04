namespace Anneal.Lab.Evidence;

/// <summary>Student's t: for comparisons with a number of pairs fixed beforehand, such as the sealed one.</summary>
public static class StudentT
{
    /// <summary>Mean and two-sided interval for the mean of independent, normal differences.</summary>
    /// <param name="differences">At least one; with fewer than two the interval is the whole line.</param>
    /// <param name="confidence">Coverage, 0 to 1. Default 0.95.</param>
    public static (double Mean, double Low, double High) Interval(IReadOnlyList<double> differences, double confidence = 0.95)
    {
        var moments = Moments.Of(differences);
        if (moments.Count < 2) return (moments.Mean, double.NegativeInfinity, double.PositiveInfinity);
        double half = Quantile(0.5 + confidence / 2, moments.Count - 1) * moments.Sd / Math.Sqrt(moments.Count);
        return (moments.Mean, moments.Mean - half, moments.Mean + half);
    }

    /// <summary>P(T &lt;= t) with <paramref name="degrees"/> degrees of freedom.</summary>
    public static double Cdf(double t, double degrees)
    {
        double tail = RegularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
        return t > 0 ? 1 - tail : tail;
    }

    /// <summary>The t with P(T &lt;= t) = <paramref name="p"/>, 0 &lt; p &lt; 1.</summary>
    public static double Quantile(double p, double degrees)
    {
        if (p < 0.5) return -Quantile(1 - p, degrees);
        double low = 0, high = 1;
        while (Cdf(high, degrees) < p && high < 1e12) high *= 2;
        for (int i = 0; i < 200 && high - low > 1e-13 * (1 + high); i++)
        {
            double middle = (low + high) / 2;
            if (Cdf(middle, degrees) < p) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>Incomplete beta ratio I_x(a, b): Lentz's continued fraction on the side where it converges fast.</summary>
    private static double RegularizedBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x));
        return x < (a + 1) / (a + b + 2) ? front * BetaFraction(x, a, b) / a : 1 - front * BetaFraction(1 - x, b, a) / b;
    }

    private static double BetaFraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        double c = 1, d = 1 / Away(1 - (a + b) * x / (a + 1)), h = d;
        for (int m = 1; m <= 300; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / Away(1 + even * d);
            c = Away(1 + even / c);
            h *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Away(1 + odd * d);
            c = Away(1 + odd / c);
            double step = d * c;
            h *= step;
            if (Math.Abs(step - 1) < 1e-15) break;
        }

        return h;

        static double Away(double value) => Math.Abs(value) < tiny ? tiny : value;
    }

    /// <summary>Log of the gamma function for x > 0: Lanczos, g = 7, nine terms.</summary>
    internal static double LogGamma(double x)
    {
        ReadOnlySpan<double> terms =
        [
            0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
            12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
        ];
        double sum = terms[0], t = x + 6.5;
        for (int i = 1; i < terms.Length; i++) sum += terms[i] / (x - 1 + i);
        return 0.5 * Math.Log(2 * Math.PI) + (x - 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
