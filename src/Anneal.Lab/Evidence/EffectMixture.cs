namespace Anneal.Lab.Evidence;

/// <summary>
/// Weights over standardised effects (mean / sigma of a paired difference): what an e-process bets on.
/// A finite mixture is itself a prior, so no integration error can touch validity; the grid only sets power.
/// </summary>
internal sealed class EffectMixture
{
    private readonly double[] deltas;
    private readonly double[] logWeights;

    /// <summary>
    /// The bets of gate and confidence sequence: effects of 1 to 10 sigma. Chosen by simulation (3 to 8 pairs, bars of 60
    /// to 800): near the best power at 1.5 to 3 sigma, while effects of 6 sigma and more pass after four pairs.
    /// </summary>
    public static readonly EffectMixture Standard = LogNormal(median: 3, spread: 0.5, points: 25);

    private EffectMixture(double[] deltas, double[] weights)
    {
        double sum = weights.Sum();
        this.deltas = deltas;
        logWeights = [.. weights.Select(w => Math.Log(w / sum))];
    }

    /// <summary>
    /// Log-normal weights around <paramref name="median"/> with log-sd <paramref name="spread"/>, on a geometric grid of
    /// <paramref name="points"/> effects over three log-sds to either side.
    /// </summary>
    public static EffectMixture LogNormal(double median, double spread, int points)
    {
        var z = Enumerable.Range(0, points).Select(i => -3 + 6.0 * i / (points - 1)).ToArray();
        return new([.. z.Select(x => median * Math.Exp(spread * x))], [.. z.Select(x => Math.Exp(-x * x / 2))]);
    }

    /// <summary>
    /// Log of the mixture of Bayes factors for effect delta against 0, given n normal values of unknown scale:
    /// one-sided (all mass above zero) or symmetric.
    /// </summary>
    public double LogBayesFactor(Moments moments, bool symmetric)
    {
        if (moments.Count == 0 || moments.SumOfSquares == 0) return 0;
        double up = Mixed(moments, +1);
        if (!symmetric) return up;
        double down = Mixed(moments, -1), top = Math.Max(up, down);
        return top + Math.Log((Math.Exp(up - top) + Math.Exp(down - top)) / 2);
    }

    private double Mixed(Moments moments, int sign)
    {
        Span<double> terms = stackalloc double[deltas.Length];
        double top = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < deltas.Length; i++)
        {
            terms[i] = logWeights[i] + ScaleInvariant.LogBayesFactor(moments, sign * deltas[i]);
            top = Math.Max(top, terms[i]);
        }

        foreach (double term in terms) sum += Math.Exp(term - top);
        return top + Math.Log(sum);
    }
}
