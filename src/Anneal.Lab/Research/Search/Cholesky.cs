namespace Anneal.Lab.Research.Search;

/// <summary>Lower Cholesky factor of a symmetric positive definite matrix; n is at most a few hundred here.</summary>
internal sealed class Cholesky
{
    private readonly double[][] rows; // row i: i + 1 values

    private Cholesky(double[][] rows) => this.rows = rows;

    /// <summary>Sum of the logs of the diagonal: half the log determinant.</summary>
    public double HalfLogDeterminant => rows.Select((r, i) => Math.Log(r[i])).Sum();

    /// <summary>Factors the lower triangle given by rows (row i has i + 1 values, overwritten); null when it is not positive definite.</summary>
    public static Cholesky? Factor(double[][] matrix)
    {
        for (int i = 0; i < matrix.Length; i++)
        {
            double[] row = matrix[i];
            for (int j = 0; j <= i; j++)
            {
                double sum = row[j] - Dot(row, matrix[j], j);
                if (j < i) row[j] = sum / matrix[j][j];
                else if (sum > 0) row[i] = Math.Sqrt(sum);
                else return null;
            }
        }

        return new(matrix);
    }

    /// <summary>Solves L z = b.</summary>
    public double[] Forward(ReadOnlySpan<double> b)
    {
        var z = new double[rows.Length];
        for (int i = 0; i < z.Length; i++) z[i] = (b[i] - Dot(rows[i], z, i)) / rows[i][i];
        return z;
    }

    /// <summary>Solves L^T x = z.</summary>
    public double[] Backward(ReadOnlySpan<double> z)
    {
        double[] x = z.ToArray();
        for (int i = x.Length - 1; i >= 0; i--)
        {
            x[i] /= rows[i][i];
            for (int j = 0; j < i; j++) x[j] -= rows[i][j] * x[i];
        }

        return x;
    }

    private static double Dot(double[] a, double[] b, int count) =>
        Vectors.Dot(a.AsSpan(0, count), b.AsSpan(0, count));
}
