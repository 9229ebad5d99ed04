namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>
/// Noise of one signal, learnt from its past innovations: width and the weight of either tail. It turns an innovation into a
/// score, the standard normal deviate that is as unlikely, so that one threshold means the same for every run and signal.
/// </summary>
/// <param name="memory">Innovations that it remembers.</param>
/// <param name="kind">Shape of the tails.</param>
internal sealed class NoiseModel(int memory, TailKind kind)
{
    // Widths of the middle half and the middle four fifths of a normal, in sigmas.
    private const double MiddleHalf = 1.349, MiddleFourFifths = 2.563;

    private const int LeastForTails = 48;

    private readonly SortedWindow recent = new(memory);
    private Tail above = new(kind), below = new(kind);

    /// <summary>Innovations heard, at most the window's size.</summary>
    public int Count => recent.Count;

    /// <summary>Robust standard deviation; 0 where most innovations are equal.</summary>
    public double Sigma { get; private set; }

    /// <summary>Centre of the innovations; a forecast without bias has 0.</summary>
    public double Median => recent.Median;

    /// <summary>Standard normal deviate as unlikely as this size, signed.</summary>
    /// <param name="size">In sigmas: an innovation, or the sum of several divided by the root of their number.</param>
    /// <param name="terms">How many innovations were summed.</param>
    public double Score(double size, int terms = 1) => size switch
    {
        > 0 => above.Deviate(size, terms, recent.Count),
        < 0 => -below.Deviate(-size, terms, recent.Count),
        _ => 0,
    };

    /// <summary>The size that has this score, within a thousandth: the inverse of <see cref="Score"/>.</summary>
    public double Size(double score)
    {
        var (low, high) = (0.0, Math.Abs(score));
        while (Math.Abs(Score(Math.CopySign(high, score))) < Math.Abs(score) && high < 1e6) (low, high) = (high, 2 * high);
        while (high - low > 1e-3 * high)
        {
            var middle = (low + high) / 2;
            if (Math.Abs(Score(Math.CopySign(middle, score))) < Math.Abs(score)) low = middle;
            else high = middle;
        }
        return Math.CopySign(high, score);
    }

    /// <summary>Takes in an innovation for the tails alone: an outlier, once it is known to be noise and no fault.</summary>
    public void LearnTail(double innovation)
    {
        if (recent.Count < LeastForTails || Sigma <= 0) return;
        if (innovation > 0) above.Learn(innovation / Sigma);
        else below.Learn(-innovation / Sigma);
    }

    /// <summary>Takes in an innovation for the width.</summary>
    /// <param name="innovation">Finite.</param>
    public void Learn(double innovation)
    {
        recent.Add(innovation);
        Sigma = Math.Max(
            (recent.Quantile(0.75) - recent.Quantile(0.25)) / MiddleHalf,
            (recent.Quantile(0.9) - recent.Quantile(0.1)) / MiddleFourFifths);
    }
}
