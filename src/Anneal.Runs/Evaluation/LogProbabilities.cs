namespace Anneal.Runs.Evaluation;

/// <summary>
/// What is kept of a position's logits: the log-probability of the token that follows and of a few secret others, after our own
/// normalisation over the whole vocabulary. A gain can only come through these.
/// </summary>
internal sealed class LogProbabilities
{
    private const int Others = 15;

    private readonly int vocab;
    private readonly int[] others;

    /// <param name="vocab">Number of token ids.</param>
    /// <param name="random">Chooses the others.</param>
    public LogProbabilities(int vocab, Random random)
    {
        this.vocab = vocab;
        others = [.. Enumerable.Range(0, Math.Min(Others, vocab)).Select(_ => random.Next(vocab))];
    }

    /// <summary>Numbers kept a position: the following token's first.</summary>
    public int Width => 1 + others.Length;

    /// <summary>[positions, <see cref="Width"/>] in nats: logit minus the logarithm of the sum of all exponentials, in double.</summary>
    /// <param name="logits">[positions, vocab], any shift.</param>
    /// <param name="following">Token that follows each position.</param>
    public float[] Of(ReadOnlySpan<float> logits, ReadOnlySpan<int> following)
    {
        var kept = new float[following.Length * Width];
        for (var position = 0; position < following.Length; position++)
        {
            var row = logits.Slice(position * vocab, vocab);
            var normaliser = LogSumExp(row);
            var target = kept.AsSpan(position * Width, Width);
            target[0] = (float)(row[following[position]] - normaliser);
            for (var i = 0; i < others.Length; i++) target[i + 1] = (float)(row[others[i]] - normaliser);
        }
        return kept;
    }

    /// <summary>Largest difference over the positions that both have.</summary>
    public static double Gap(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double worst = 0;
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++) worst = Math.Max(worst, Math.Abs((double)a[i] - b[i]));
        return worst;
    }

    private static double LogSumExp(ReadOnlySpan<float> row)
    {
        var top = float.NegativeInfinity;
        foreach (var value in row) top = Math.Max(top, value);
        double sum = 0;
        foreach (var value in row) sum += Math.Exp((double)value - top);
        return top + Math.Log(sum);
    }
}
