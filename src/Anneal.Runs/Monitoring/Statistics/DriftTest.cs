namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>
/// Has a signal drifted off its own curve? Means of eight values are kept, and the mean of the latest 2, 4 and 8 of them is compared
/// with every plausible continuation of the older ones: the straight line in the logarithm of the step, which power laws nearly
/// are, and a standstill. What none of them explains is a drift. What the comparison gave in
/// the past, when all was well, tells how far it may be trusted.
/// </summary>
internal sealed class DriftTest
{
    private const int BlockSize = 8, Blocks = 40, LeastBlocks = 12, Standstill = 6, Delay = 10, MostLatest = 8;
    private const double Usual = 3;

    private readonly double[] x = new double[Blocks], y = new double[Blocks], delayed = new double[Delay];
    private readonly SortedWindow past = new(64), residuals = new(Blocks);
    private double sum, sumX;
    private int filled;
    private long blocks;

    /// <summary>Largest deviation of the latest blocks from all continuations: a standard normal deviate, signed, shrunk where such deviations are usual.</summary>
    public double Score { get; private set; }

    /// <summary>The latest blocks' mean minus the continuation nearest to it.</summary>
    public double Excess { get; private set; }

    /// <summary>That continuation's value.</summary>
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
        if (blocks >= LeastBlocks + MostLatest)
        {
            var sigma = Noise();
            if (sigma > 0)
                for (var latest = 2; latest <= MostLatest; latest *= 2) Compare(latest, sigma);
        }
        Temper();
        return true;
    }

    /// <summary>What was heard no longer counts.</summary>
    public void Clear() => (blocks, filled, sum, sumX, Score) = (0, 0, 0, 0, 0);

    // By what is usual in this run. What is seen now must not excuse itself, so that it counts later.
    private void Temper()
    {
        var slot = (int)(blocks % Delay);
        var earlier = delayed[slot];
        delayed[slot] = Score;
        if (blocks > Delay + LeastBlocks && Math.Abs(earlier) < Usual) past.Add(earlier);
        if (past.Count >= 8) Score /= Math.Max(1, (past.Quantile(0.8) - past.Quantile(0.2)) / 1.4);
    }

    private void Compare(int latest, double sigma)
    {
        var older = (int)Math.Min(blocks, Blocks) - latest;
        double recentX = 0, recentY = 0;
        for (var i = 0; i < latest; i++) (recentX, recentY) = (recentX + (At(x, i) / latest), recentY + (At(y, i) / latest));

        var all = Line.Through(this, latest, older);
        double level = 0;
        for (var i = latest; i < latest + Standstill; i++) level += At(y, i) / Standstill;

        var degrees = older - 2;
        var (least, excess) = Deviation(all.At(recentX), all.Variance(recentX));
        Weigh(Deviation(level, 1.0 / Standstill));
        if (Math.Abs(least) > Math.Abs(Score)) (Score, Excess, Expected, Span) = (least, excess, recentY - excess, latest * BlockSize);

        // The deviation nearest to none; none where two continuations lie on either side.
        void Weigh((double Score, double Excess) other)
        {
            if (other.Score * least <= 0) (least, excess) = (0, 0);
            else if (Math.Abs(other.Score) < Math.Abs(least)) (least, excess) = other;
        }

        (double, double) Deviation(double expected, double variance)
        {
            var size = (recentY - expected) / (sigma * Math.Sqrt((1.0 / latest) + variance));
            return (Math.CopySign(Math.Sqrt(degrees * Math.Log(1 + (size * size / degrees))) * ((8.0 * degrees) + 1) / ((8.0 * degrees) + 3), size), recentY - expected);
        }
    }

    // Robust spread of the older blocks around their line.
    private double Noise()
    {
        var older = (int)Math.Min(blocks, Blocks) - MostLatest;
        var line = Line.Through(this, MostLatest, older);
        residuals.Clear();
        for (var i = MostLatest; i < MostLatest + older; i++) residuals.Add(At(y, i) - line.At(At(x, i)));
        return Math.Max((residuals.Quantile(0.75) - residuals.Quantile(0.25)) / 1.349, (residuals.Quantile(0.9) - residuals.Quantile(0.1)) / 2.563);
    }

    // 0 is the latest block.
    private double At(double[] values, int back) => values[(int)((ulong)(blocks - 1 - back) % Blocks)];

    /// <summary>Least-squares line through blocks.</summary>
    private readonly record struct Line(double MeanX, double MeanY, double Slope, double Count, double SquaresX)
    {
        public static Line Through(DriftTest test, int from, int count)
        {
            double meanX = 0, meanY = 0, squares = 0, products = 0;
            for (var i = from; i < from + count; i++) (meanX, meanY) = (meanX + (test.At(test.x, i) / count), meanY + (test.At(test.y, i) / count));
            for (var i = from; i < from + count; i++)
            {
                var d = test.At(test.x, i) - meanX;
                squares += d * d;
                products += d * (test.At(test.y, i) - meanY);
            }
            return new(meanX, meanY, squares > 0 ? products / squares : 0, count, squares);
        }

        public double At(double place) => MeanY + (Slope * (place - MeanX));

        /// <summary>Of the line's value at a place, in variances of a block.</summary>
        public double Variance(double place) => (1 / Count) + (SquaresX > 0 ? (place - MeanX) * (place - MeanX) / SquaresX : 0);
    }
}
