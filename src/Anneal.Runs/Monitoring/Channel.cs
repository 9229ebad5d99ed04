using Anneal.Runs.Monitoring.Statistics;

namespace Anneal.Runs.Monitoring;

/// <summary>
/// One signal of a run, with what it was expected to be before it was heard. The forecast and the noise are learnt from the
/// signal itself, a value at a time, whatever the steps between: outliers move them little, a shift that lasts is accepted after
/// a few values. Fixed memory, no allocation; about 0.1 µs a value.
/// </summary>
/// <param name="memory">Innovations from which the noise is learnt.</param>
/// <param name="tails">Shape of the noise's tails; exponential for logarithms.</param>
internal sealed class Channel(int memory = 128, TailKind tails = TailKind.Power)
{
    private const int LeastHeard = 16;
    private const double Reach = 2, ShiftScore = 2.2, WinsorAt = 3;

    private readonly TrendForecast trend = new();
    private readonly NoiseModel noise = new(memory, tails);
    private double previous = double.NaN, resolution = double.PositiveInfinity;
    private double lastScore, products, squares;
    private readonly double[] suspects = new double[4], forecasts = new double[4];
    private int shifted;
    private double slopeBefore;

    /// <summary>The signal was there in this step, as a finite number. All else is of the last step in which it was.</summary>
    public bool IsHeard { get; private set; }

    /// <summary>Enough was heard, before this value, for <see cref="Score"/> to mean something.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Values heard, this one included.</summary>
    public long Count { get; private set; }

    /// <summary>The value, in the channel's unit.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Forecast of the value from those before it; NaN at the first.</summary>
    public double Expected { get; private set; } = double.NaN;

    /// <summary>Robust standard deviation of past innovations, no less than the resolution allows.</summary>
    public double Sigma { get; private set; }

    /// <summary>Value minus expectation.</summary>
    public double Innovation { get; private set; }

    /// <summary>
    /// The innovation as the standard normal deviate that is as unlikely under the run's own noise, tails included; 0 until
    /// <see cref="IsReady"/>. With heavy tails twenty sigmas may score no more than four.
    /// </summary>
    public double Score { get; private set; }

    /// <summary>Most values are equal to their forecast, as where a trainer prints the norm after clipping: scores mean little.</summary>
    public bool IsFlat => noise.Sigma == 0;

    /// <summary>Change of the forecast a value.</summary>
    public double Slope => trend.Slope;

    /// <summary>Smallest difference between two values in a row, other than none: the last digit of a rounded signal.</summary>
    public double Resolution => double.IsFinite(resolution) ? resolution : 0;

    /// <summary>Correlation of neighbouring scores, −1 to 1.</summary>
    public double Autocorrelation => squares > 0 ? products / squares : 0;

    /// <summary>The innovation in sigmas; 0 until <see cref="IsReady"/>.</summary>
    public double Size => IsReady && Sigma > 0 ? Innovation / Sigma : 0;

    /// <summary>Standard normal deviate as unlikely as a sum of innovations, by the tails of this channel.</summary>
    /// <param name="size">The sum in sigmas, divided by the root of the number of terms.</param>
    /// <param name="terms">Number of terms.</param>
    public double ScoreOf(double size, int terms) => noise.Score(size, terms);

    /// <summary>The value that would have this score.</summary>
    public double At(double score) => Expected + (Sigma * noise.Size(score));

    /// <summary>Takes in a step.</summary>
    /// <param name="value">Null or non-finite: not heard.</param>
    public void Take(double? value)
    {
        IsHeard = value is { } number && double.IsFinite(number);
        if (!IsHeard) return;
        Value = value!.Value;
        Count++;
        Expected = trend.Next;
        IsReady = noise.Count >= LeastHeard;
        if (Count == 1)
        {
            trend.Learn(Value, double.PositiveInfinity);
            previous = Value;
            return;
        }
        if (Value != previous) resolution = Math.Min(resolution, Math.Abs(Value - previous));
        previous = Value;
        Sigma = Math.Max(noise.Sigma, Floor);
        Innovation = Value - Expected;
        Score = noise.Score(Size);
        Learn();
    }

    /// <summary>The run went back or was changed: what follows may lie elsewhere, the noise is as it was.</summary>
    public void Rejoin()
    {
        trend.MoveTo(double.NaN, trend.Slope);
        (shifted, lastScore) = (0, 0);
    }

    private double Floor => Math.Max(0.3 * Resolution, 1e-9 * Math.Abs(previous));

    private void Learn()
    {
        if (double.IsNaN(Expected))
        {
            (Innovation, Score, IsReady) = (0, 0, false);
            trend.MoveTo(Value, trend.Slope);
            return;
        }
        if (IsReady)
        {
            var score = Math.Clamp(Score, -WinsorAt, WinsorAt);
            var share = 1.0 / Math.Min(Count, 200);
            products += ((score * lastScore) - products) * share;
            squares += ((score * score) - squares) * share;
            lastScore = score;
        }
        var reach = IsReady ? Reach * Sigma : double.PositiveInfinity;
        if (Math.Abs(Score) >= ShiftScore) Suspect(reach);
        else Settle(reach);
    }

    private void Settle(double reach)
    {
        // Outliers that did not last are the run's noise.
        for (var i = 0; i < Math.Abs(shifted); i++)
        {
            noise.LearnTail(suspects[i] - forecasts[i]);
            noise.Learn(suspects[i] - forecasts[i]);
        }
        shifted = 0;
        trend.Learn(Value, reach);
        noise.Learn(Innovation);
    }

    // Several values in a row far out on the same side: the level itself has moved, and the forecast goes there.
    private void Suspect(double reach)
    {
        if (shifted != 0 && (Score > 0) != (shifted > 0)) shifted = 0;
        if (shifted == 0) slopeBefore = trend.Slope;
        (suspects[Math.Abs(shifted)], forecasts[Math.Abs(shifted)]) = (Value, Expected);
        shifted += Score > 0 ? 1 : -1;
        trend.Learn(Value, reach);
        if (Math.Abs(shifted) < suspects.Length) return;
        trend.MoveTo((suspects[0] + suspects[1] + suspects[2] + suspects[3]) / suspects.Length, slopeBefore);
        shifted = 0;
    }
}
