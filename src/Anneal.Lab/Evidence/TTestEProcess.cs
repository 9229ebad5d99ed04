namespace Anneal.Lab.Evidence;

/// <summary>
/// One-sided t-type e-process for H0: mean &lt;= 0 on normal differences of unknown variance.
/// </summary>
/// <remarks>
/// Right-Haar prior on sigma and a mixture over the standardised effect (Pérez-Ortiz et al., arXiv 2208.07610): at mean
/// zero it is a martingale of the scale-invariant statistic. At a negative mean every value is smaller, path by path,
/// than the one that the same noise gives at mean zero (shifting the data down lowers c at every n), so
/// P(sup E_n >= 1/a) &lt;= a holds for the whole null and for any stopping rule, one that looks at sigma included.
/// </remarks>
public static class TTestEProcess
{
    /// <summary>E-value after all of <paramref name="differences"/>; 1 without any, and when all are exactly zero.</summary>
    public static double Value(IReadOnlyList<double> differences) => Value(Moments.Of(differences));

    /// <summary>Largest e-value over the prefixes: what Ville's inequality bounds.</summary>
    public static double Peak(IReadOnlyList<double> differences)
    {
        double peak = 1;
        for (int n = 1; n <= differences.Count; n++) peak = Math.Max(peak, Value(Moments.OfFirst(differences, n)));
        return peak;
    }

    internal static double Value(Moments moments) => Math.Exp(EffectMixture.Standard.LogBayesFactor(moments, symmetric: false));
}
