namespace Anneal.Lab.Research.Search;

/// <summary>
/// Chance that a recipe trains at all, by kernel regression on success (1) and failure (0) towards a hopeful prior. Failures
/// teach here and nowhere else: no penalty value ever enters the objective's model.
/// </summary>
internal sealed class Feasibility
{
    private const double Prior = 0.95;
    private const double NoiseVariance = 0.1;
    private const double Steepness = 8;            // of the logistic curve that turns the regression into a chance

    private readonly MixedKernel kernel;
    private readonly IReadOnlyList<Attempt> attempts;
    private readonly double[] relevance;
    private readonly double[] weights = [];

    public Feasibility(MixedKernel kernel, IReadOnlyList<Attempt> attempts)
    {
        this.kernel = kernel;
        this.attempts = attempts;
        relevance = [.. Enumerable.Repeat(1.0 / Math.Max(1, kernel.Space.Count), kernel.Space.Count)];
        if (!attempts.Any(a => a.Failed)) return;
        var matrix = new double[attempts.Count][];
        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) matrix[i][j] = Covariance(attempts[i].Point, attempts[j].Point);
            matrix[i][i] += NoiseVariance;
        }

        var factor = Cholesky.Factor(matrix)!;
        weights = factor.Backward(factor.Forward([.. attempts.Select(a => (a.Failed ? 0 : 1) - Prior)]));
    }

    /// <summary>Between 0 and 1, rising with the regression's value everywhere; near 1 while nothing has failed.</summary>
    public double Chance(double[] point)
    {
        double score = Prior;
        for (int i = 0; i < weights.Length; i++) score += weights[i] * Covariance(point, attempts[i].Point);
        return 1 / (1 + Math.Exp(-Steepness * (score - 0.5)));
    }

    private double Covariance(double[] x, double[] y) => MixedKernel.Combine(kernel.Parts(x, y), relevance);
}
