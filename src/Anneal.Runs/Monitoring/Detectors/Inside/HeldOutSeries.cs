namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// One held-out loss beside the training loss, from one evaluation to the next. The training loss counts as its mean between two
/// evaluations, whose noise is known.
/// </summary>
/// <param name="name">Full name of the signal.</param>
internal sealed class HeldOutSeries(string name)
{
    private const int Back = 4;
    private const double Fade = 0.8, Noticeable = 0.05;

    private readonly (double Held, double Train, double Error)[] last = new (double, double, double)[Back + 1];
    private readonly double[] largest = new double[Back + 1];
    private readonly double[,] judged = new double[Back + 1, Back];
    private double sum;
    private int steps;

    /// <summary>Full name of the signal.</summary>
    public string Name => name;

    /// <summary>Evaluations heard.</summary>
    public int Count { get; private set; }

    /// <summary>Last held-out loss, nats a token.</summary>
    public double Held => At(0).Held;

    /// <summary>Lowest held-out loss before the last one.</summary>
    public double Lowest { get; private set; } = double.PositiveInfinity;

    /// <summary>Evaluations since the held-out loss last stood noticeably above its lowest.</summary>
    public int Calm { get; private set; }

    /// <summary>Takes in a training step.</summary>
    public void Train(double loss)
    {
        if (!double.IsFinite(loss)) return;
        sum += loss;
        steps++;
    }

    /// <summary>Takes in an evaluation; false where no training step came since the last.</summary>
    /// <param name="held">Held-out loss.</param>
    /// <param name="sigma">Noise of one training loss.</param>
    public bool Evaluate(double held, double sigma)
    {
        if (steps == 0) return false;
        if (Count > 0) Lowest = Math.Min(Lowest, Held);
        Calm = held > Lowest + Noticeable ? 0 : Calm + 1;
        last[Count++ % last.Length] = (held, sum / steps, sigma / Math.Sqrt(steps));
        (sum, steps) = (0, 0);
        return true;
    }

    /// <summary>What has changed over some evaluations; null where fewer were heard.</summary>
    /// <param name="back">1 to 4.</param>
    public HeldOutChange? Change(int back)
    {
        if (Count <= back || back > Back) return null;
        var (now, then) = (At(0), At(back));
        return new(now.Held - then.Held, now.Train - then.Train, Math.Sqrt((now.Error * now.Error) + (then.Error * then.Error)));
    }

    /// <summary>
    /// The largest value so far of something that is judged over some evaluations, faded with time; those that share an evaluation
    /// with it are left out. Takes in the value of now.
    /// </summary>
    public double LargestBefore(int back, double value)
    {
        ref var old = ref judged[back, Count % back];
        largest[back] = Math.Max(largest[back] * Fade, old);
        old = value;
        return largest[back];
    }

    private (double Held, double Train, double Error) At(int back) => last[(Count - 1 - back) % last.Length];
}
