using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>
/// The learning rate, without what a repair multiplies it by, against where a smooth schedule would go next: a constant, a line, a parabola (cosine) or a
/// geometric series through the last values all count as smooth. What fits none of them is a break.
/// </summary>
internal sealed class Schedule
{
    // A decay like 1 - sqrt begins with a jump of a tenth; rounding to two digits makes steps of a twentieth.
    private const double RelativeSlack = 0.15, SlackOfPeak = 0.02;
    private const int LeastHeard = 4, Past = 64;
    private const double CareForRises = 1.2, MostCare = 2.5;
    private const double Same = 1e-9, RisesBy = 1e-4;

    private readonly double[] past = new double[Past];
    private double a = double.NaN, b = double.NaN, c = double.NaN;
    private long at, before, beforeThat;
    private double commanded = 1;

    /// <summary>The rate was there in this step, finite and not negative.</summary>
    public bool IsHeard { get; private set; }

    /// <summary>Values heard, this one included.</summary>
    public long Count { get; private set; }

    /// <summary>The rate of this step.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>What a repair multiplies the schedule by: taken out of all rates here; 1 without one.</summary>
    public double Scale { get; private set; } = 1;

    /// <summary>The rate before this step; NaN at the first.</summary>
    public double Previous { get; private set; } = double.NaN;

    /// <summary>Highest rate before this step.</summary>
    public double Peak { get; private set; }

    /// <summary>The first rate heard.</summary>
    public double First { get; private set; }

    /// <summary>Where a smooth schedule would lie at least and at most, slack included.</summary>
    public (double Low, double High) Smooth { get; private set; } = (0, double.PositiveInfinity);

    /// <summary>Above every smooth continuation.</summary>
    public bool BreaksUp { get; private set; }

    /// <summary>Below every smooth continuation.</summary>
    public bool BreaksDown { get; private set; }

    /// <summary>Values in a row equal to the one before, ending with this one.</summary>
    public int ConstantFor { get; private set; }

    /// <summary>The same, ending before this one.</summary>
    public int ConstantBefore { get; private set; }

    /// <summary>Values in a row that differed from the one before, ending before this one: a schedule that moves.</summary>
    public int MovedFor { get; private set; }

    /// <summary>Values in a row above the one before, ending with this one.</summary>
    public int RisesFor { get; private set; }

    /// <summary>Values in a row, before the rise that goes on now, in which the rate did not rise.</summary>
    public int CalmBeforeRise { get; private set; }

    /// <summary>Rate before the rise that goes on now.</summary>
    public double Trough { get; private set; }

    /// <summary>Highest rate before the rise that goes on now.</summary>
    public double PeakBeforeRise { get; private set; }

    /// <summary>Size of the change over the last 64 values, as a natural logarithm; large while a schedule moves fast.</summary>
    public double Agitation { get; private set; }

    /// <summary>Change over the last 64 values, as a natural logarithm.</summary>
    public double RecentChange { get; private set; }

    /// <summary>Scores by which detectors of loss and gradient ask for more while the rate climbs, as in a warmup or after a restart.</summary>
    public double Care => Math.Min(MostCare, CareForRises * Math.Max(0, RecentChange));

    private int calm;

    /// <summary>Takes in a step.</summary>
    /// <param name="metrics">With the rate as printed.</param>
    /// <param name="scale">What a repair multiplied it by, if the trainer did as told.</param>
    public void Take(StepMetrics metrics, double scale = 1)
    {
        IsHeard = metrics.LearningRate is { } rate && double.IsFinite(rate) && rate >= 0;
        BreaksUp = BreaksDown = false;
        ConstantBefore = ConstantFor;
        if (!IsHeard) return;
        Count++;
        if (Count > 1) Peak = Math.Max(Peak, Value);
        Previous = Value;
        if (scale != commanded) Rescale(metrics.LearningRate!.Value, scale);
        Value = metrics.LearningRate!.Value / Scale;
        if (Count == 1) First = Trough = Value;
        var slot = (int)(Count % Past);
        var old = Count > Past ? past[slot] : First;
        RecentChange = old > 0 && Value > 0 ? Math.Log(Value / old) : old == Value ? 0 : 5 * Math.Sign(Value - old);
        Agitation = Math.Abs(RecentChange);
        Compare(metrics.Step);
        past[slot] = Value;
        Follow();
        (c, b, a) = (b, a, Value);
        (beforeThat, before, at) = (before, at, metrics.Step);
    }

    /// <summary>The run went back or left a gap: the next value need only lie in the range of the recent ones, doubled.</summary>
    public void Rejoin() => (b, c) = (double.NaN, double.NaN);

    // A trainer may print its schedule without the scale: what comes nearer to the rate before is right.
    private void Rescale(double rate, double scale)
    {
        var ratio = scale / commanded;
        commanded = scale;
        var change = Math.Log(rate / Scale / Previous);
        if (Math.Abs(change - Math.Log(ratio)) < Math.Abs(change)) Scale *= ratio;
    }

    private void Compare(int step)
    {
        if (Count <= LeastHeard) return;
        if (double.IsNaN(b)) Smooth = (Math.Min(a, Least()) / 2, Math.Max(a, Peak) * 2);
        else if (double.IsNaN(c)) Smooth = (0, double.PositiveInfinity);
        else Continue(step);
        BreaksUp = Value > Smooth.High;
        BreaksDown = Value < Smooth.Low;
    }

    private double Least()
    {
        var least = double.PositiveInfinity;
        for (var i = 1; i < Math.Min(Count, Past); i++) least = Math.Min(least, past[(Count - i) % Past]);
        return least;
    }

    private void Continue(int step)
    {
        var ahead = (double)(step - at);
        var slope = (a - b) / Math.Max(1, at - before);
        var bend = (slope - ((b - c) / Math.Max(1, before - beforeThat))) / Math.Max(1, at - before);
        var line = a + (slope * ahead);
        var parabola = line + (bend * ahead * ahead);
        var geometric = b > 0 ? a * Math.Pow(a / b, Math.Min(ahead / Math.Max(1, at - before), 8)) : line;
        var slack = Math.Max(RelativeSlack * a, SlackOfPeak * Peak);
        Smooth = (Math.Max(0, Math.Min(Math.Min(a, line), Math.Min(parabola, geometric)) - slack), Math.Max(Math.Max(a, line), Math.Max(parabola, geometric)) + slack);
    }

    private void Follow()
    {
        if (Count == 1) return;
        var change = Value - Previous;
        if (Math.Abs(change) <= Same * Previous)
        {
            ConstantFor++;
        }
        else
        {
            if (ConstantFor > 0) MovedFor = 0;
            MovedFor++;
            ConstantFor = 0;
        }
        if (change > RisesBy * Previous)
        {
            if (RisesFor == 0) (Trough, PeakBeforeRise, CalmBeforeRise) = (Previous, Peak, calm);
            RisesFor++;
            calm = 0;
        }
        else
        {
            RisesFor = 0;
            calm++;
        }
    }
}
