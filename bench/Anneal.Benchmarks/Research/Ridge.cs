using Anneal.Lab.Research.Search;

namespace Anneal.Benchmarks.Research;

/// <summary>
/// A smooth function through real runs: quadratic in the numbers with an offset for each choice (ridge regression), plus a
/// Matérn-3/2 interpolation of what that leaves. Not the model that any of the searches uses.
/// </summary>
internal sealed class Ridge
{
    private readonly KnobSpace space;
    private readonly double[][] points;
    private readonly double[] linear;
    private readonly double[] residual;
    private readonly double length;

    private Ridge(KnobSpace space, double[][] points, double[] values, double penalty, double length, double noise)
    {
        (this.space, this.points, this.length) = (space, points, length);
        double[][] features = [.. points.Select(Features)];
        int f = features[0].Length;
        var gram = new double[f][];
        for (int i = 0; i < f; i++)
        {
            gram[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) gram[i][j] = features.Sum(x => x[i] * x[j]);
            gram[i][i] += i == 0 ? 1e-9 : penalty;
        }

        var normal = Cholesky.Factor(gram)!;
        linear = normal.Backward(normal.Forward([.. Enumerable.Range(0, f).Select(i => features.Zip(values, (x, y) => x[i] * y).Sum())]));
        var kernel = new double[points.Length][];
        for (int i = 0; i < kernel.Length; i++)
        {
            kernel[i] = [.. Enumerable.Range(0, i + 1).Select(j => Kernel(points[i], points[j]))];
            kernel[i][i] += noise;
        }

        var factor = Cholesky.Factor(kernel)!;
        residual = factor.Backward(factor.Forward([.. values.Select((y, i) => y - Vectors.Dot(features[i], linear))]));
    }

    /// <summary>Fits with the penalties that predict held-out fifths best, and says how well they do (R squared).</summary>
    public static (Ridge Surface, double R2) Fit(KnobSpace space, double[][] points, double[] values)
    {
        var best = (Error: double.PositiveInfinity, Penalty: 0.0, Length: 0.0, Noise: 0.0);
        foreach (double penalty in (double[])[0.1, 1, 10])
            foreach (double reach in (double[])[0.5, 1, 2])
                foreach (double noise in (double[])[0.3, 1])
                {
                    double error = 0;
                    for (int fold = 0; fold < 5; fold++)
                    {
                        var train = Enumerable.Range(0, points.Length).Where(i => i % 5 != fold).ToArray();
                        var part = new Ridge(space, [.. train.Select(i => points[i])], [.. train.Select(i => values[i])], penalty, reach, noise);
                        for (int i = fold; i < points.Length; i += 5) error += Math.Pow(part.At(points[i]) - values[i], 2);
                    }

                    if (error < best.Error) best = (error, penalty, reach, noise);
                }

        double mean = values.Average();
        return (new(space, points, values, best.Penalty, best.Length, best.Noise), 1 - best.Error / values.Sum(v => (v - mean) * (v - mean)));
    }

    public double At(double[] point)
    {
        double value = Vectors.Dot(Features(point), linear);
        for (int i = 0; i < points.Length; i++) value += residual[i] * Kernel(point, points[i]);
        return value;
    }

    private double Kernel(double[] x, double[] y)
    {
        double sum = 0;
        for (int j = 0; j < x.Length; j++) sum += space.Distance2(j, x[j], y[j]);
        double r = Math.Sqrt(3 * sum) / length;
        return (1 + r) * Math.Exp(-r);
    }

    private double[] Features(double[] point)
    {
        var features = new List<double> { 1 };
        for (int j = 0; j < point.Length; j++)
        {
            if (space.Knobs[j].Type == Anneal.Lab.KnobType.Choice)
            {
                for (int v = 0; v < space.Knobs[j].Values.Count; v++) features.Add(point[j] == v ? 1 : 0);
                continue;
            }

            for (int k = 0; k <= j; k++)
                if (space.Knobs[k].Type != Anneal.Lab.KnobType.Choice) features.Add((point[j] - 0.5) * (point[k] - 0.5));
            features.Add(point[j] - 0.5);
        }

        return [.. features];
    }
}
