namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>
/// Noise of one signal, learnt from its past innovations: width and the weight of either tail. It turns an innovation into a
/// score, the standard normal deviate that is as unlikely, so that one threshold means the same for every run and signal.
/// </summary>
/// <param name="memory">Innovations that it remembers.</param>
internal sealed class NoiseModel(int memory = 128)
{
    // Widths of the middle half and the middle four fifths of a normal, in sigmas.
    private const double MiddleHalf = 1.349, MiddleFourFifths = 2.563;

    private const int LeastForTails = 16;

    private readonly SortedWindow recent = new(memory);
    private Tail above = new(), below = new();

    /// <summary>Innovations heard, at most the window's size.</summary>
    public int Count => recent.Count;

    /// <summary>Robust standard deviation; 0 where most innovations are equal.</summary>
    public double Sigma { get; private set; }

    /// <summary>Centre of the innovations; a forecast without bias has 0.</summary>
    public double Median => recent.Median;

    /// <summary>
    /// Standard normal deviate as unlikely as this innovation, signed. Student's t by Wallace's approximation; with few
    /// innovations heard the degrees are fewer, since the width is not known well.
    /// </summary>
    /// <param name="innovation">Value minus expectation.</param>
    /// <param name="floor">Least sigma, such as the resolution of a rounded signal.</param>
    public double Score(double innovation, double floor = 0)
    {
        var sigma = Math.Max(Sigma, floor);
        if (innovation == 0 || sigma <= 0) return 0;
        var degrees = Degrees(innovation > 0);
        var size = innovation / sigma;
        var score = Math.Sqrt(degrees * Math.Log(1 + (size * size / degrees))) * ((8 * degrees) + 1) / ((8 * degrees) + 3);
        return innovation > 0 ? score : -score;
    }

    /// <summary>The innovation that has this score: the inverse of <see cref="Score"/>.</summary>
    public double Innovation(double score, double floor = 0)
    {
        var degrees = Degrees(score > 0);
        var root = score * ((8 * degrees) + 3) / ((8 * degrees) + 1);
        var size = Math.Sqrt(degrees * (Math.Exp(root * root / degrees) - 1));
        return Math.Max(Sigma, floor) * (score > 0 ? size : -size);
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

    private double Degrees(bool up) => Math.Min(up ? above.Degrees : below.Degrees, Math.Max(2, recent.Count / 3.0));
}
