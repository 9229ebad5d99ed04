using System.Collections.Concurrent;

namespace Anneal.Lab.Evidence;

/// <summary>
/// Two-sided confidence sequence for the mean of normal differences of unknown variance: valid at any stopping time.
/// It holds every mean whose symmetric t-type e-value stays below 1 / (1 - confidence).
/// </summary>
public static class ConfidenceSequence
{
    /// <summary>The interval after all of <paramref name="differences"/>; the whole line while there are too few of them.</summary>
    /// <param name="differences">Paired differences in order.</param>
    /// <param name="confidence">Coverage at any stopping time, 0 to 1. Default 0.95.</param>
    public static (double Low, double High) Interval(IReadOnlyList<double> differences, double confidence = 0.95)
    {
        var moments = Moments.Of(differences);
        double t = moments.Count < 2 ? double.PositiveInfinity : Critical(moments.Count, confidence);
        if (double.IsPositiveInfinity(t)) return (double.NegativeInfinity, double.PositiveInfinity);
        double half = t * moments.Sd / Math.Sqrt(moments.Count);
        return (moments.Mean - half, moments.Mean + half);
    }

    private static readonly ConcurrentDictionary<(int Count, double Confidence), double> Criticals = new();

    /// <summary>Largest |t| that <paramref name="count"/> differences may show before their mean is excluded; infinite when none is.</summary>
    public static double Critical(int count, double confidence = 0.95) =>
        Criticals.GetOrAdd((count, confidence), key => Solve(key.Count, key.Confidence));

    private static double Solve(int count, double confidence)
    {
        double bar = -Math.Log(1 - confidence);
        if (LogEValue(count, 1e9) < bar) return double.PositiveInfinity;
        double low = 0, high = 1;
        while (LogEValue(count, high) < bar) high *= 2;
        while (high - low > 1e-12 * high)
        {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high) break;
            if (LogEValue(count, middle) < bar) low = middle;
            else high = middle;
        }

        return high;
    }

    private static double LogEValue(int count, double t) =>
        EffectMixture.Standard.LogBayesFactor(new Moments(count, t / Math.Sqrt(count), count - 1), symmetric: true); // sd 1
}
