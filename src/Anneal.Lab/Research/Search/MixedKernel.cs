namespace Anneal.Lab.Research.Search;

/// <summary>
/// Covariance of the objective over a <see cref="KnobSpace"/>: a sum of one-knob functions (learned from few runs) plus one
/// function of all knobs together (interactions).
/// k(x, y) = (1 - p) sum_j a_j exp(-D_j / (2 l^2)) + p exp(-sum_j d a_j D_j / (2 m^2 d)), a_j summing to 1, D_j squared distances.
/// </summary>
internal sealed class MixedKernel(KnobSpace space)
{
    private const double InteractionShare = 0.35;
    private const double KnobLength2 = 0.35;          // l^2: about one bend over a knob's range
    private const double JointLength2 = 0.16;         // m^2, per knob

    public KnobSpace Space => space;

    /// <summary>Squared distances knob by knob, then the one-knob covariances: 2 d values, free of the relevances.</summary>
    public double[] Parts(double[] x, double[] y)
    {
        var parts = new double[2 * space.Count];
        Parts(x, y, parts);
        return parts;
    }

    /// <summary>The same into a buffer.</summary>
    public void Parts(double[] x, double[] y, Span<double> parts)
    {
        int d = space.Count;
        for (int j = 0; j < d; j++)
        {
            parts[j] = space.Distance2(j, x[j], y[j]);
            parts[d + j] = Math.Exp(-parts[j] / (2 * KnobLength2));
        }
    }

    /// <summary>Covariance from <c>Parts</c> under relevances that sum to 1.</summary>
    public static double Combine(ReadOnlySpan<double> parts, ReadOnlySpan<double> relevance)
    {
        int d = relevance.Length;
        double sum = Vectors.Dot(parts[d..], relevance), distance = Vectors.Dot(parts[..d], relevance);
        return (1 - InteractionShare) * sum + InteractionShare * Math.Exp(-distance / (2 * JointLength2));
    }
}
