using System.Globalization;

namespace Anneal.Lab.Reports;

/// <summary>One axis of a plot: data from <paramref name="Min"/> to <paramref name="Max"/> onto pixels <paramref name="From"/> to <paramref name="To"/>.</summary>
/// <param name="Min">Least value shown.</param>
/// <param name="Max">Greatest value shown; above <paramref name="Min"/>.</param>
/// <param name="From">Pixel of <paramref name="Min"/>.</param>
/// <param name="To">Pixel of <paramref name="Max"/>.</param>
/// <param name="Log">Logarithmic; both ends above zero.</param>
internal readonly record struct Axis(double Min, double Max, double From, double To, bool Log = false)
{
    /// <summary>Pixel of a value.</summary>
    public double this[double value] =>
        From + (To - From) * (Log ? Math.Log(value / Min) / Math.Log(Max / Min) : (value - Min) / (Max - Min));

    /// <summary>An axis that holds all finite values with a little air on both sides.</summary>
    public static Axis Around(IEnumerable<double> values, double from, double to, double air = 0.06)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var (min, max) = (finite.Min(), finite.Max());
        var pad = max > min ? air * (max - min) : Math.Max(1e-3, 0.1 * Math.Abs(max));
        return new Axis(min - pad, max + pad, from, to);
    }

    /// <summary>The value, moved to the nearer end when it lies outside.</summary>
    public double Clamp(double value) => Math.Clamp(value, Min, Max);

    /// <summary>True where the value can be drawn.</summary>
    public bool Holds(double value) => value >= Min && value <= Max;

    /// <summary>Round values (1, 2 or 5 times a power of ten; 1 and 3 of each decade on a wide logarithmic axis) and their labels.</summary>
    public IReadOnlyList<(double Value, string Label)> Ticks(int about)
    {
        if (Log && Max / Min > 4)
            return LogTicks();
        var raw = (Max - Min) / Math.Max(1, about);
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * ((raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        var format = "0." + new string('0', Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9)));
        var ticks = new List<(double, string)>();
        for (var i = (long)Math.Ceiling(Min / step); i * step <= Max; i++)
            ticks.Add((i * step, (i * step).ToString(format.TrimEnd('.') + ";−" + format.TrimEnd('.'), CultureInfo.InvariantCulture)));
        return ticks;
    }

    private List<(double Value, string Label)> LogTicks()
    {
        double[] mantissas = Math.Log10(Max / Min) switch { < 1.2 => [1, 2, 3, 5, 7], < 3 => [1, 3], _ => [1] };
        var ticks = new List<(double, string)>();
        for (var exponent = (int)Math.Floor(Math.Log10(Min)); exponent <= Math.Log10(Max); exponent++)
            foreach (var mantissa in mantissas)
                if (mantissa * Math.Pow(10, exponent) is var value && Holds(value))
                    ticks.Add((value, Units.Short(value)));
        return ticks;
    }
}
