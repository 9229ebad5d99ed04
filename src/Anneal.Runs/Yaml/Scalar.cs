using System.Globalization;
using System.Text;

namespace Anneal.Runs.Yaml;

/// <summary>Type of a YAML scalar: how its text is read and checked, and how a value is written back.</summary>
/// <typeparam name="T">Type in C#.</typeparam>
/// <param name="Expectation">What a valid value is, for messages: <c>a whole number from 1 to 64</c>.</param>
/// <param name="Read">Value of a text, or null and the reason where it is not valid (null: the expectation says it all).</param>
/// <param name="Write">Canonical text; <c>Read(Write(x))</c> is <c>x</c>.</param>
public sealed record Scalar<T>(string Expectation, ScalarRead<T> Read, Func<T, string> Write)
{
    /// <summary>Whether <c>null</c>, <c>~</c> or nothing is a value.</summary>
    public bool AllowsNull { get; init; }
}

/// <summary>Reads a scalar; false leaves a hint (or null) in <paramref name="hint"/>.</summary>
/// <typeparam name="T">Type in C#.</typeparam>
public delegate bool ScalarRead<T>(string text, out T value, out string? hint);

/// <summary>The scalar types of recipes and studies.</summary>
public static class Scalar
{
    /// <summary>A whole number; <c>1e6</c> is one too.</summary>
    public static Scalar<int> Int(int min = int.MinValue, int max = int.MaxValue) => new(
        $"a whole number{Range(min == int.MinValue ? null : $"{min}", max == int.MaxValue ? null : $"{max}")}",
        (string text, out int value, out string? hint) =>
        {
            hint = null;
            var read = ReadWhole(text, out var whole);
            value = read && whole >= min && whole <= max ? (int)whole : default;
            return read && whole >= min && whole <= max;
        },
        value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A whole number of 64 bits; <c>1e12</c> is one too.</summary>
    public static Scalar<long> Long(long min = long.MinValue, long max = long.MaxValue) => new(
        $"a whole number{Range(min == long.MinValue ? null : $"{min}", max == long.MaxValue ? null : $"{max}")}",
        (string text, out long value, out string? hint) =>
        {
            hint = null;
            return ReadWhole(text, out value) && value >= min && value <= max;
        },
        value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A finite real number, from <paramref name="min"/> to <paramref name="max"/>; the flags leave the bounds themselves out.</summary>
    public static Scalar<double> Real(double min = double.NegativeInfinity, double max = double.PositiveInfinity, bool aboveMin = false, bool belowMax = false) => new(
        "a number" + Range(
            double.IsFinite(min) ? aboveMin ? $"above {min}" : $"{min}" : null,
            double.IsFinite(max) ? belowMax ? $"below {max}" : $"{max}" : null),
        (string text, out double value, out string? hint) =>
        {
            hint = null;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
                && double.IsFinite(value) && value >= min && value <= max && !(aboveMin && value == min) && !(belowMax && value == max);
        },
        value => (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant());

    /// <summary>True or false.</summary>
    public static Scalar<bool> Flag { get; } = new(
        "true or false",
        (string text, out bool value, out string? hint) =>
        {
            (value, hint) = (text == "true", null);
            if (text is "true" or "false") return true;
            hint = text.ToLowerInvariant() switch { "true" or "yes" or "on" or "1" => "write `true`", "false" or "no" or "off" or "0" => "write `false`", _ => null };
            return false;
        },
        value => value ? "true" : "false");

    /// <summary>Text of one line, not empty.</summary>
    public static Scalar<string> Text { get; } = new(
        "text on one line",
        (string text, out string value, out string? hint) =>
        {
            (value, hint) = (text, null);
            return text.Trim().Length > 0 && !text.Any(char.IsControl);
        },
        value => value);

    /// <summary>A SHA-256 in hexadecimal digits, or <c>none</c>, which reads as the empty text.</summary>
    public static Scalar<string> HashOrNone { get; } = new(
        "a SHA-256 (64 hexadecimal digits in lower case), or none",
        (string text, out string value, out string? hint) =>
        {
            (value, hint) = (text == "none" ? "" : text, null);
            return value.Length == 0 || (value.Length == 64 && value.All(char.IsAsciiHexDigitLower));
        },
        value => value.Length == 0 ? "none" : value);

    /// <summary>A value of an enum, in snake case.</summary>
    public static Scalar<T> Choice<T>() where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        var names = values.Select(v => SnakeCase(v.ToString())).ToArray();
        return new(
            $"one of {string.Join(", ", names)}",
            (string text, out T value, out string? hint) =>
            {
                var index = Array.IndexOf(names, text);
                value = index < 0 ? default : values[index];
                hint = index < 0 && NearestWord.Find(text, names) is { } nearest ? $"did you mean `{nearest}`?" : null;
                return index >= 0;
            },
            value => SnakeCase(value.ToString()));
    }

    /// <summary>One of a list of words.</summary>
    public static Scalar<string> OneOf(params string[] words) => new(
        $"one of {string.Join(", ", words)}",
        (string text, out string value, out string? hint) =>
        {
            value = text;
            var valid = words.Contains(text, StringComparer.Ordinal);
            hint = !valid && NearestWord.Find(text, words) is { } nearest ? $"did you mean `{nearest}`?" : null;
            return valid;
        },
        value => value);

    /// <summary>The type or <c>null</c>.</summary>
    public static Scalar<T?> OrNull<T>(this Scalar<T> type) where T : struct => new(
        $"{type.Expectation}, or null",
        (string text, out T? value, out string? hint) =>
        {
            (value, hint) = (null, null);
            if (IsNull(text)) return true;
            if (!type.Read(text, out var some, out hint)) return false;
            value = some;
            return true;
        },
        value => value is { } some ? type.Write(some) : "null")
    { AllowsNull = true };

    /// <summary><c>KvHeads</c> becomes <c>kv_heads</c>; a digit stays with its word, and <c>AdamW</c> is one word.</summary>
    internal static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            // A capital that ends the name (AdamW) belongs to the word before it.
            if (i > 0 && i < name.Length - 1 && char.IsUpper(name[i])) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    /// <summary>The plain texts that mean null.</summary>
    internal static bool IsNull(string text) => text is "" or "null" or "~";

    private static string Range(string? min, string? max) => (min, max) switch
    {
        (null, null) => "",
        ({ } low, null) => low.StartsWith('a') ? $" {low}" : $" of at least {low}",
        (null, { } high) => high.StartsWith('b') ? $" {high}" : $" of at most {high}",
        ({ } low, { } high) => low.StartsWith('a') ? $" {low} and {(high.StartsWith('b') ? high : $"at most {high}")}"
            : high.StartsWith('b') ? $" of at least {low} and {high}" : $" from {low} to {high}",
    };

    private static bool ReadWhole(string text, out long value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
        // 2^53: above it a float no longer holds every whole number.
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            || Math.Abs(real) > 9007199254740992 || real != Math.Floor(real)) return false;
        value = (long)real;
        return true;
    }
}
