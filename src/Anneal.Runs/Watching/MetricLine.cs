using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Anneal.Runs.Watching;

/// <summary>
/// Numbers that a line of a trainer's output names: <c>loss=3.2</c>, <c>val loss: 4.1</c>, <c>step 00010 (1.2%)</c>,
/// <c>tok/sec: 1,204,311</c>, a JSON object, a Python dictionary. Prose without numbers gives none.
/// </summary>
public static partial class MetricLine
{
    /// <summary>The numbers in order, under the names that the line gives them.</summary>
    /// <param name="line">One line, without its end.</param>
    public static IReadOnlyList<NamedNumber> Parse(string line)
    {
        var text = line.AsSpan().Trim();
        if (text.StartsWith("{") && text.EndsWith("}") && ParseJson(line) is { } numbers) return numbers;
        return [.. Pair().Matches(line).Select(Read).OfType<NamedNumber>()];
    }

    // Top-level numbers only. Null: not JSON (Python prints NaN without quotes).
    private static List<NamedNumber>? ParseJson(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var numbers = new List<NamedNumber>();
            foreach (var property in document.RootElement.EnumerateObject())
                if (property.Value.ValueKind == JsonValueKind.Number) numbers.Add(new(property.Name, property.Value.GetDouble()));
                else if (property.Value.ValueKind == JsonValueKind.String && NonFinite(property.Value.GetString()!) is { } value) numbers.Add(new(property.Name, value));
            return numbers;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static NamedNumber? Read(Match match)
    {
        var scope = match.Groups["scope"].Value;
        var name = match.Groups["name"] is { Success: true } named ? named.Value : match.Groups["word"].Value;
        if (scope.Length > 0) name = $"{scope}_{name}";
        var text = match.Groups["value"].Value.Replace(",", "", StringComparison.Ordinal);
        var value = NonFinite(text) ?? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "" or "%" or "s" => new NamedNumber(name, value),
            "ms" => new NamedNumber(name, value / 1000),
            _ => null,
        };
    }

    private static double? NonFinite(string text) => text.ToLowerInvariant() switch
    {
        "nan" or "+nan" or "-nan" => double.NaN,
        "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        _ => null,
    };

    // A name and a number joined by a colon or an equals sign; for the commonest words a blank suffices. Thousands may have commas.
    [GeneratedRegex(
        """
        (?<![\w./-])
        (?:(?<scope>train|training|val|valid|validation|eval|test)\s+)?
        (?: (?<name>[A-Za-z_][\w./-]*)["']?\s*[:=]\s* | (?<word>step|iter|iteration|loss|lr|ppl)\s+ )
        (?<value>[+-]?(?:\d{1,3}(?:,\d{3})+(?![\d,]) (?:\.\d+)? | (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? | nan\b | inf(?:inity)?\b))
        (?<unit>%|[A-Za-z]+)?
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pair();
}

/// <summary>A number and the name that a trainer gave it.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Value">May be non-finite. Milliseconds are given in seconds, percent as printed.</param>
public readonly record struct NamedNumber(string Name, double Value);
