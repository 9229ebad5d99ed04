namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>
/// Has a signal drifted off its own curve? Means of eight values are kept; a straight line in the logarithm of the step, which
/// power laws nearly are, is laid through the older ones and compared with the mean of the latest 2, 4 and 8. What this comparison
/// gave in the past, when all was well, tells how far it may be trusted.
/// </summary>
internal sealed class DriftTest
{
    private const int BlockSize = 8, Blocks = 40, LeastBlocks = 12;

    private readonly double[] x = new double[Blocks], y = new double[Blocks];
    private readonly SortedWindow past = new(64), residuals = new(Blocks);
    private double sum, sumX;
    private int filled;
    private long blocks;

    /// <summary>Largest deviation of the latest blocks from the curve: a standard normal deviate, signed, shrunk where such deviations are usual.</summary>
    public double Score { get; private set; }

    /// <summary>The latest blocks' mean minus where the curve led.</summary>
    public double Excess { get; private set; }

    /// <summary>Where the curve led.</summary>
    public double Expected { get; private set; }

    /// <summary>Values in the stretch that deviates.</summary>
    public int Span { get; private set; }

    /// <summary>Takes in a value.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="value">Finite; an outlier should be cut.</param>
    /// <returns>A block was completed, and the score is new.</returns>
    public bool Take(int step, double value)
    {
        sum += value;
        sumX += Math.Log(Math.Max(1, step));
        if (++filled < BlockSize) return false;
        var slot = (int)(blocks++ % Blocks);
        (x[slot], y[slot]) = (sumX / BlockSize, sum / BlockSize);
        (sum, sumX, filled, Score) = (0, 0, 0, 0);
        for (var latest = 2; latest <= 8; latest *= 2) Compare(latest);
        past.Add(Score);
        if (past.Count >= 8) Score /= Math.Max(1, (past.Quantile(0.8) - past.Quantile(0.2)) / 2.1);
        return true;
    }

    /// <summary>What was heard no longer counts.</summary>
    public void Clear() => (blocks, filled, sum, sumX, Score) = (0, 0, 0, 0, 0);

    private void Compare(int latest)
    {
        var older = (int)Math.Min(blocks, Blocks) - latest;
        if (older < LeastBlocks) return;
        double meanX = 0, meanY = 0, varianceX = 0, covariance = 0, recentX = 0, recentY = 0;
        for (var i = 0; i < latest; i++) (recentX, recentY) = (recentX + (At(x, i) / latest), recentY + (At(y, i) / latest));
        for (var i = latest; i < latest + older; i++) (meanX, meanY) = (meanX + (At(x, i) / older), meanY + (At(y, i) / older));
        for (var i = latest; i < latest + older; i++)
        {
            var d = At(x, i) - meanX;
            varianceX += d * d;
            covariance += d * (At(y, i) - meanY);
        }
        if (varianceX <= 0) return;
        var slope = covariance / varianceX;
        residuals.Clear();
        for (var i = latest; i < latest + older; i++) residuals.Add(At(y, i) - meanY - (slope * (At(x, i) - meanX)));
        var sigma = Math.Max((residuals.Quantile(0.75) - residuals.Quantile(0.25)) / 1.349, (residuals.Quantile(0.9) - residuals.Quantile(0.1)) / 2.563);
        if (sigma <= 0) return;
        var reach = recentX - meanX;
        var expected = meanY + (slope * reach);
        var size = (recentY - expected) / (sigma * Math.Sqrt((1.0 / latest) + (1.0 / older) + (reach * reach / varianceX)));
        var degrees = older - 2;
        var score = Math.CopySign(Math.Sqrt(degrees * Math.Log(1 + (size * size / degrees))) * ((8.0 * degrees) + 1) / ((8.0 * degrees) + 3), size);
        if (Math.Abs(score) > Math.Abs(Score)) (Score, Excess, Expected, Span) = (score, recentY - expected, expected, latest * BlockSize);
    }

    // 0 is the latest block.
    private double At(double[] values, int back) => values[(blocks - 1 - back) % Blocks];
}
