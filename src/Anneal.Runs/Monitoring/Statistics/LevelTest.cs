namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>
/// Has a channel's level moved within the last few values? The innovations of the last 1, 2, 4, 8 and 16 values are summed, each
/// cut at what a single value may contribute, and divided by what independent (or, where the run shows it, correlated) noise
/// would give. Sums have lighter tails than their terms. Every one becomes a standard normal deviate; the largest speaks, one value
/// alone less loudly: a single odd batch is no shift.
/// </summary>
internal sealed class LevelTest
{
    private const int Span = 16;
    private const double Cut = 4, Small = 1.5, Adult = 360, Alone = 1.0, Long = 0.2;

    private readonly double[] sizes = new double[Span], expected = new double[Span], sigmas = new double[Span];
    private long heard;

    /// <summary>Evidence that the level rose: a standard normal deviate under pure noise.</summary>
    public double Up { get; private set; }

    /// <summary>Evidence that the level fell; positive.</summary>
    public double Down { get; private set; }

    /// <summary>Values since the rise began, if it did; 1 is the last one alone.</summary>
    public int UpSince { get; private set; } = 1;

    /// <summary>Values since the fall began, if it did.</summary>
    public int DownSince { get; private set; } = 1;

    /// <summary>Takes in the channel's value, if it was heard.</summary>
    public void Take(Channel channel)
    {
        if (!channel.IsHeard) return;
        if (!channel.IsReady)
        {
            Clear();
            return;
        }
        var slot = (int)(heard++ % Span);
        (sizes[slot], expected[slot], sigmas[slot]) = (channel.Size, channel.Expected, channel.Sigma);
        // The curve bends most at the start, where the forecast is not to be trusted as much.
        var young = Math.Min(1, 0.5 + (channel.Count / Adult));
        var correlation = Math.Clamp(channel.Autocorrelation, 0, 0.9);
        (Up, Down, UpSince, DownSince) = (Math.Max(0, (young * channel.Score) - Alone), Math.Max(0, (-young * channel.Score) - Alone), 1, 1);
        double sum = 0;
        var (values, next, power) = ((int)Math.Min(heard, Span), 2, correlation * correlation);
        for (var n = 1; n <= values; n++)
        {
            sum += Math.Clamp(sizes[(int)((heard - n) & (Span - 1))], -Cut, Cut);
            if (n != next) continue;
            Weigh(channel, n, young * sum / Math.Sqrt(n * Inflation(correlation, power, n)), young);
            (next, power) = (2 * n, power * power);
        }
    }

    private void Weigh(Channel channel, int n, double size, double young)
    {
        // A small sum is no evidence whatever the tails, and most are small.
        var deviate = Math.Abs(size) < Small ? size : young * channel.ScoreOf(size / young, n);
        // A long sum tests the forecast as much as the signal.
        if (n == Span) deviate -= Math.CopySign(Math.Min(Long, Math.Abs(deviate)), deviate);
        if (deviate > Up) (Up, UpSince) = (deviate, n);
        if (-deviate > Down) (Down, DownSince) = (-deviate, n);
    }

    // Variance of a sum of n values of an AR(1) process over that of independent ones; power is correlation^n.
    private static double Inflation(double correlation, double power, int n)
    {
        var rest = 1 - correlation;
        return ((1 + correlation) / rest) - (2 * correlation * (1 - power) / (n * rest * rest));
    }

    /// <summary>What the value was expected to be so many values ago, before anything moved.</summary>
    /// <param name="values">1 is the last one; at most 16.</param>
    public double Expected(int values) => expected[(heard - values) % Span];

    /// <summary>Mean innovation of the last values, in the channel's unit; 0 where nothing was heard.</summary>
    /// <param name="values">How many, at most 16.</param>
    public double Mean(int values)
    {
        var count = (int)Math.Min(values, heard);
        double sum = 0;
        for (var n = 1; n <= count; n++) sum += sizes[(heard - n) % Span] * sigmas[(heard - n) % Span];
        return count == 0 ? 0 : sum / count;
    }

    /// <summary>The last values went on growing: their later half lies well above the mean of all.</summary>
    /// <param name="values">How many, at most 16; fewer than 4 do not tell.</param>
    public bool Grows(int values) => values >= 4 && Mean(values / 2) > 1.4 * Mean(values);

    /// <summary>Sigma so many values ago.</summary>
    public double Sigma(int values) => sigmas[(heard - values) % Span];

    /// <summary>What was heard no longer counts.</summary>
    public void Clear() => (heard, Up, Down) = (0, 0, 0);
}
