namespace Anneal.Lab.Evidence;

/// <summary>
/// Likelihood ratio of the scale-invariant statistic of a normal sample (right-Haar prior on sigma).
/// With r = |x| / sigma and c = sum / (sqrt(n) |x|), the cosine between the sample and the all-ones vector:
/// LR_n(delta) = exp(-n delta^2 / 2) * J(sqrt(n) delta c) / J(0), J(b) = integral over r > 0 of r^(n-1) exp(b r - r^2 / 2).
/// It depends on the data through c alone and rises with c for delta > 0.
/// </summary>
internal static class ScaleInvariant
{
    /// <summary>Log LR of standardised effect <paramref name="delta"/> against 0.</summary>
    public static double LogBayesFactor(Moments moments, double delta)
    {
        int n = moments.Count;
        double sine2 = moments.Scatter / moments.SumOfSquares;                       // 1 - c^2, exact for nearly equal values
        double b = Math.Sqrt(n) * delta * Math.Sign(moments.Mean) * Math.Sqrt(Math.Max(0, 1 - sine2));
        double logAtZero = (n / 2.0 - 1) * Math.Log(2) + StudentT.LogGamma(n / 2.0); // log J(0)
        return b >= 0
            ? -n * delta * delta * sine2 / 2 + LogScaledUp(b, n - 1) - logAtZero     // the b^2/2 of J is taken out
            : -n * delta * delta / 2 + LogDown(b, n - 1) - logAtZero;
    }

    /// <summary>log(J exp(-b^2/2)) for b >= 0 by J_k = b J_(k-1) + (k-1) J_(k-2): every term is positive.</summary>
    private static double LogScaledUp(double b, int k)
    {
        double before = Math.Sqrt(2 * Math.PI) * Normal.Cdf(b), last = Math.Exp(-b * b / 2) + b * before, log = 0;
        if (k == 0) return Math.Log(before);
        for (int j = 2; j <= k; j++)
        {
            (before, last) = (last, b * last + (j - 1) * before);
            if (last < 1e200) continue;
            (before, last, log) = (before / last, 1, log + Math.Log(last));
        }

        return log + Math.Log(last);
    }

    /// <summary>log J for b &lt; 0: the same recursion backwards on ratios (Miller), again without cancellation.</summary>
    private static double LogDown(double b, int k)
    {
        int start = k + 400;
        double ratio = (b + Math.Sqrt(b * b + 4.0 * start)) / 2, log = 0;            // J_start / J_(start-1)
        for (int j = start; j >= 1; j--)
        {
            if (j <= k) log += Math.Log(ratio);
            ratio = j > 1 ? (j - 1) / (ratio - b) : 1 / (ratio - b);                 // last: J_0 itself
        }

        return log + Math.Log(ratio);
    }
}
