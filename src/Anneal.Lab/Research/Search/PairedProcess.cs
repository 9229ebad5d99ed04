namespace Anneal.Lab.Research.Search;

/// <summary>
/// Gaussian process on paired differences: control minus treatment is f(control) - f(treatment), so seeds, data order and
/// whatever else the two arms share cancel, and champions that came later need no common zero.
/// A short rung sees f plus halvings * g with g of the same shape; its size, near <see cref="RungDrift"/> of f's, is fitted too.
/// </summary>
internal sealed class PairedProcess
{
    private const double RungDrift = 0.35;

    private readonly MixedKernel kernel;
    private readonly List<double[]> points = [];
    private readonly (int Control, int Treatment)[] arms;
    private readonly IReadOnlyList<PairObservation> data;
    private readonly double[][][] parts;               // [i][j <= i]: kernel parts of points i and j
    private readonly double typicalScale;
    private double[] relevance;
    private double variance;
    private Cholesky factor = null!;
    private double[] weights = [];
    private double[]? firstPoint;
    private double[] firstCovariances = [];

    /// <param name="kernel">Shape of the covariance.</param>
    /// <param name="data">Observations.</param>
    /// <param name="typicalScale">Prior guess of the sd of f over the space, in units of the objective.</param>
    public PairedProcess(MixedKernel kernel, IReadOnlyList<PairObservation> data, double typicalScale)
    {
        this.kernel = kernel;
        this.data = data;
        this.typicalScale = typicalScale;
        var index = new Dictionary<string, int>();
        arms = [.. data.Select(o => (Index(o.Control), Index(o.Treatment)))];
        parts = [.. points.Select((x, i) => Enumerable.Range(0, i + 1).Select(j => kernel.Parts(x, points[j])).ToArray())];
        relevance = Relevance(new double[kernel.Space.Count]);
        variance = typicalScale * typicalScale;
        if (data.Count > 0) Fit();

        int Index(double[] point)
        {
            string key = string.Join(' ', point);
            if (index.TryGetValue(key, out int found)) return found;
            points.Add(point);
            return index[key] = points.Count - 1;
        }
    }

    /// <summary>Relevance of each knob, summing to 1.</summary>
    public IReadOnlyList<double> Relevances => relevance;

    /// <summary>Sd of f(control) - f(treatment) before any of the data, under the fitted scale and relevances.</summary>
    public double PriorSd(double[] control, double[] treatment) =>
        Math.Sqrt(Math.Max(0, 2 * variance * (1 - MixedKernel.Combine(kernel.Parts(control, treatment), relevance))));

    /// <summary>Belief about f(control) - f(treatment) at the full budget.</summary>
    public (double Mean, double Sd) Predict(double[] control, double[] treatment)
    {
        double prior = 2 * variance * (1 - MixedKernel.Combine(kernel.Parts(control, treatment), relevance));
        if (data.Count == 0) return (0, Math.Sqrt(Math.Max(prior, 0)));
        double[] toControl = ToPoints(control), toTreatment = ToPoints(treatment);

        Span<double> covariance = stackalloc double[data.Count];
        for (int i = 0; i < data.Count; i++)
        {
            var (c, t) = arms[i];
            covariance[i] = variance * (toControl[c] - toControl[t] - toTreatment[c] + toTreatment[t]);
        }

        double[] z = factor.Forward(covariance);
        return (Vectors.Dot(covariance, weights), Math.Sqrt(Math.Max(prior - Vectors.Dot(z, z), 1e-12 * variance)));
    }

    /// <summary>Covariances of a point with all points seen; the first one's are kept, for a search asks about one champion.</summary>
    private double[] ToPoints(double[] point)
    {
        if (ReferenceEquals(point, firstPoint)) return firstCovariances;
        var covariances = new double[points.Count];
        Span<double> buffer = stackalloc double[2 * point.Length];
        for (int i = 0; i < covariances.Length; i++)
        {
            kernel.Parts(point, points[i], buffer);
            covariances[i] = MixedKernel.Combine(buffer, relevance);
        }

        if (firstPoint is null) (firstPoint, firstCovariances) = (point, covariances);
        return covariances;
    }

    /// <summary>Maximum a posteriori scale and relevances, by a pattern search of a fixed length.</summary>
    private void Fit()
    {
        int d = kernel.Space.Count;
        var theta = new double[d + 2];                  // log relevances, log scale and log drift against the typical ones
        double best = Evaluate(theta, keep: false);
        for (double step = 1.2; step > 0.5; step /= 2)
        {
            for (int j = 0; j < theta.Length; j++)
            {
                double start = theta[j], chosen = start;
                foreach (double trial in (ReadOnlySpan<double>)[start + step, start - step])
                {
                    theta[j] = trial;
                    double value = Evaluate(theta, keep: false);
                    if (value > best) (best, chosen) = (value, trial);
                }

                theta[j] = chosen;
            }
        }

        Evaluate(theta, keep: true);
        firstPoint = null;
    }

    /// <summary>Log posterior of the hyperparameters; kept ones also set the state that predictions use.</summary>
    private double Evaluate(double[] theta, bool keep)
    {
        int d = kernel.Space.Count, n = data.Count;
        double[] shares = Relevance(theta.AsSpan(0, d));
        double scale2 = Math.Pow(typicalScale * Math.Exp(theta[d]), 2);
        double drift2 = Math.Pow(RungDrift * Math.Exp(theta[d + 1] / 2), 2);
        var k = new double[points.Count][];
        for (int i = 0; i < k.Length; i++)
        {
            k[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) k[i][j] = scale2 * MixedKernel.Combine(parts[i][j], shares);
        }

        var matrix = new double[n][];
        for (int i = 0; i < n; i++)
        {
            matrix[i] = new double[i + 1];
            var (ci, ti) = arms[i];
            double hi = -Math.Log2(data[i].Fraction);
            for (int j = 0; j <= i; j++)
            {
                var (cj, tj) = arms[j];
                double drift = 1 + drift2 * hi * -Math.Log2(data[j].Fraction);
                matrix[i][j] = drift * (At(ci, cj) - At(ci, tj) - At(ti, cj) + At(ti, tj));
            }

            matrix[i][i] += data[i].Sd * data[i].Sd + 1e-10 * scale2;
        }

        if (Cholesky.Factor(matrix) is not { } cholesky) return double.NegativeInfinity;
        double[] y = [.. data.Select(o => o.Difference)], z = cholesky.Forward(y);
        if (keep) (relevance, variance, factor, weights) = (shares, scale2, cholesky, cholesky.Backward(z));
        double prior = 0;
        foreach (double t in theta) prior -= t * t / 2;
        return prior - Vectors.Dot(z, z) / 2 - cholesky.HalfLogDeterminant;

        double At(int a, int b) => a >= b ? k[a][b] : k[b][a];
    }

    private static double[] Relevance(ReadOnlySpan<double> logs)
    {
        var shares = new double[logs.Length];
        double sum = 0;
        for (int j = 0; j < shares.Length; j++) sum += shares[j] = Math.Exp(logs[j]);
        for (int j = 0; j < shares.Length; j++) shares[j] /= sum;
        return shares;
    }
}
