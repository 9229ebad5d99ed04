using System.Globalization;
using System.Text.RegularExpressions;

namespace Anneal.Lab.Subjects;

/// <summary>A number that a Python file names at its top level: <c>MATRIX_LR = 0.04  # comment</c>, <c>BATCH = 2**19</c>.</summary>
/// <param name="File">Relative path.</param>
/// <param name="Name">Upper-case name.</param>
/// <param name="Text">The number as it is written.</param>
/// <param name="Line">The whole line, without its end.</param>
internal sealed partial record Constant(string File, string Name, string Text, string Line)
{
    // What a run is compared by, and what it is measured with, is not a setting.
    private static readonly string[] untouchable = ["SEED", "BUDGET", "EVAL", "VAL_", "TEST_", "TOKENIZER", "FLOPS", "PORT", "LOG", "VERSION", "DEVICE_"];

    /// <summary>Name by which experiments refer to it: <c>train.py:MATRIX_LR</c>.</summary>
    public string Key => $"{File}:{Name}";

    /// <summary>Its value.</summary>
    public double Value => Power is { } power ? Math.Pow(power.Base, power.Exponent) : double.Parse(Text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    /// <summary>A whole number, and to stay one.</summary>
    public bool IsWhole => Power is not null || Text.All(c => char.IsAsciiDigit(c) || c is '-' or '_');

    private (long Base, int Exponent)? Power
    {
        get
        {
            var parts = Text.Split("**");
            return parts.Length == 2 ? (long.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)) : null;
        }
    }

    /// <summary>The numeric constants of a file that a search may move, in order; a name that is assigned twice is left alone.</summary>
    /// <param name="file">Relative path.</param>
    /// <param name="content">Its text.</param>
    public static IReadOnlyList<Constant> Find(string file, string content) =>
        [.. Assignment().Matches(content)
            .Select(match => new Constant(file, match.Groups["name"].Value, match.Groups["text"].Value, match.Value.TrimEnd('\r')))
            .Where(constant => !untouchable.Any(word => constant.Name.Contains(word, StringComparison.Ordinal)))
            .GroupBy(constant => constant.Name).Where(group => group.Count() == 1).Select(group => group.Single())];

    /// <summary>Its value times a factor, written as it was; null where that changes nothing or makes no sense.</summary>
    /// <param name="factor">Above zero.</param>
    public string? Times(double factor)
    {
        if (Power is { Base: var b } power)
        {
            var exponent = power.Exponent + (int)Math.Round(Math.Log(factor) / Math.Log(b));
            return exponent == power.Exponent || exponent < 0 ? null : $"{b}**{exponent}";
        }
        if (IsWhole)
        {
            // At least one step, in the factor's direction; a count stays above zero.
            var moved = Math.Round(Value * factor);
            if (moved == Value) moved += factor > 1 ? 1 : -1;
            return moved < 1 || Value < 1 || moved > int.MaxValue ? null : moved.ToString("0", CultureInfo.InvariantCulture);
        }
        return Value == 0 ? null : (Value * factor).ToString("G3", CultureInfo.InvariantCulture) is var text && double.Parse(text, CultureInfo.InvariantCulture) != Value ? text.ToLowerInvariant() : null;
    }

    /// <summary>The edit that gives it another value.</summary>
    /// <param name="value">As it shall be written.</param>
    /// <param name="content">The file's text.</param>
    public FileEdit Set(string value, string content)
    {
        var at = Line.IndexOf(Text, Line.IndexOf('=') + 1, StringComparison.Ordinal);
        var changed = $"{Line[..at]}{value}{Line[(at + Text.Length)..]}";
        var first = content.IndexOf(Line, StringComparison.Ordinal);
        return content.IndexOf(Line, first + 1, StringComparison.Ordinal) < 0
            ? new FileEdit(File, Hunks: [new Hunk(Line, changed)])
            : new FileEdit(File, Content: Assignment().Replace(content, match => match.Value == Line ? changed : match.Value));
    }

    [GeneratedRegex("""^(?<name>[A-Z][A-Z0-9_]*)[ \t]*=[ \t]*(?<text>[0-9]+\*\*[0-9]{1,2}|-?[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)(?=[ \t]*(?:#|;|\r?$)).*$""", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Assignment();
}
