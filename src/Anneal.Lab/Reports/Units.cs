using System.Globalization;

namespace Anneal.Lab.Reports;

/// <summary>Numbers as people read them: at most the digits that carry meaning, always with their unit.</summary>
public static class Units
{
    private static readonly (double Scale, string Prefix)[] Prefixes = [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

    /// <summary>Counted floating-point operations, three digits: <c>61.2 TFLOP</c>.</summary>
    public static string Flops(double flops) => Scaled(flops, "FLOP");

    /// <summary>A rate of floating-point operations, three digits: <c>87.4 GFLOP/s</c>.</summary>
    public static string FlopsPerSecond(double rate) => Scaled(rate, "FLOP/s");

    /// <summary>A count of something, three digits above a thousand: <c>412 k tokens</c>.</summary>
    public static string Count(double count, string noun) => Scaled(count, noun);

    /// <summary>A round number in as few characters as it takes: <c>300k</c>, <c>2.5M</c>.</summary>
    public static string Short(double value)
    {
        foreach (var (scale, prefix) in Prefixes)
            if (Math.Abs(value) >= scale)
                return $"{Text(value / scale, "0.##")}{prefix}";
        return Text(value, "0.####");
    }

    /// <summary>Seconds as <c>4.2 s</c>, <c>5 min 12 s</c> or <c>3 h 07 min</c>.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 9.95 => $"{seconds:0.0} s",
        < 59.5 => $"{seconds:0} s",
        < 3599.5 => $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60:00} s",
        _ => $"{(int)Math.Round(seconds / 60) / 60} h {(int)Math.Round(seconds / 60) % 60:00} min",
    };

    /// <summary>Dollars: cents, or three digits below ten cents.</summary>
    public static string Dollars(double usd) => usd is > 0 and < 0.0995 ? $"${Text(usd, usd < 0.00995 ? "0.0000" : "0.000")}" : $"${Text(usd, "0.00")}";

    /// <summary>A value of the objective, four decimals.</summary>
    public static string Value(double? value) => value is { } number ? Text(number, "0.0000") : "–";

    /// <summary>A difference of objectives, four decimals, always signed, with a true minus.</summary>
    public static string Effect(double? value) => value is { } number ? Text(number, "+0.0000;−0.0000;0.0000") : "–";

    /// <summary>An interval of differences: <c>+0.0101 to +0.0322</c>.</summary>
    public static string Interval((double Low, double High)? interval) => interval is var (low, high) ? $"{Effect(low)} to {Effect(high)}" : "–";

    /// <summary>A share from 0 to 1 as a percentage without decimals.</summary>
    public static string Percent(double share) => $"{Text(100 * share, "0")}%";

    /// <summary>An e-value: two digits below ten, whole below ten thousand, then powers of ten.</summary>
    public static string EValue(double value) => value switch
    {
        < 0.01 => Text(value, "0e0"),
        < 10 => Text(value, "0.0#"),
        < 10_000 => Text(value, "0"),
        _ => Text(value, "0.0e0"),
    };

    /// <summary>Bits per byte for <c>val/bpb</c>, nats per token for <c>val/loss</c>, else the metric's own name.</summary>
    public static string Objective(string metric) => metric[(metric.LastIndexOf('/') + 1)..] switch
    {
        "bpb" or "val_bpb" => "bits per byte",
        "loss" => "nats per token",
        _ => PlainText.Clean(metric),
    };

    /// <summary>The noun alone for one, with an s for any other number: <c>1 pair</c>, <c>4 pairs</c>.</summary>
    public static string Plural(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static string Scaled(double value, string unit)
    {
        foreach (var (scale, prefix) in Prefixes)
            if (Math.Abs(value) >= 0.9995 * scale)
                return $"{Digits(value / scale)} {prefix}{(unit.StartsWith("FLOP", StringComparison.Ordinal) ? "" : " ")}{unit}";
        return $"{Digits(value)} {unit}";
    }

    private static string Digits(double value) => Text(value, Math.Abs(value) switch { 0 => "0", < 9.995 => "0.00", < 99.95 => "0.0", _ => "0" });

    private static string Text(double value, string format) => value switch
    {
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "−∞",
        double.NaN => "not a number",
        _ => value.ToString(format, CultureInfo.InvariantCulture),
    };
}
