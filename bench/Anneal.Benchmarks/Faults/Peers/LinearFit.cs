namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>Least squares of a few regressors, added to in constant time. </summary>
/// <param name="size">Regressors.</param>
internal sealed class LinearFit(int size)
{
    private const double Ridge = 1e-9;

    private readonly double[,] gram = new double[size, size];
    private readonly double[] moment = new double[size];
    private double squares;

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<double> x, double y)
    {
        for (var i = 0; i < size; i++)
        {
            moment[i] += x[i] * y;
            for (var j = 0; j < size; j++) gram[i, j] += x[i] * x[j];
        }
        squares += y * y;
        Count++;
    }

    /// <summary>Coefficients and the standard deviation of what they leave unexplained.</summary>
    public (double[] Coefficients, double Sigma) Solve()
    {
        // Gaussian elimination with pivots; a ridge of a billionth of the diagonal keeps a constant regressor harmless.
        var rows = new double[size, size + 1];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++) rows[i, j] = gram[i, j];
            rows[i, i] = rows[i, i] * (1 + Ridge) + Ridge;
            rows[i, size] = moment[i];
        }
        for (var column = 0; column < size; column++)
        {
            var pivot = Enumerable.Range(column, size - column).MaxBy(row => Math.Abs(rows[row, column]));
            for (var j = 0; j <= size; j++) (rows[column, j], rows[pivot, j]) = (rows[pivot, j], rows[column, j]);
            for (var row = 0; row < size; row++)
            {
                if (row == column) continue;
                var factor = rows[row, column] / rows[column, column];
                for (var j = column; j <= size; j++) rows[row, j] -= factor * rows[column, j];
            }
        }
        var coefficients = new double[size];
        for (var i = 0; i < size; i++) coefficients[i] = rows[i, size] / rows[i, i];
        var explained = 0.0;
        for (var i = 0; i < size; i++) explained += coefficients[i] * moment[i];
        return (coefficients, Math.Sqrt(Math.Max(squares - explained, 0) / Math.Max(1, Count - size)));
    }
}
