using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Anneal.Runs.Watching;

/// <summary>
/// Numbers that a line of a trainer's output names: <c>loss=3.2</c>, <c>val loss: 4.1</c>, <c>step 00010 (1.2%)</c>,
/// <c>tok/sec: 1,204,311</c>, a JSON object, a Python dictionary, a progress bar. Prose without numbers gives none; colours do
/// not matter.
/// </summary>
public static partial class MetricLine
{
    /// <summary>The numbers in order, under the names that the line gives them.</summary>
    /// <param name="line">One line, without its end.</param>
    public static IReadOnlyList<NamedNumber> Parse(string line)
    {
        try
        {
            var plain = line.Contains('\u001b', StringComparison.Ordinal) ? Escape().Replace(line, "") : line;
            var text = plain.AsSpan().Trim();
            if (text.StartsWith("{") && text.EndsWith("}") && ParseJson(plain) is { } numbers) return numbers;
            return ParseText(plain);
        }
        catch (RegexMatchTimeoutException)
        {
            // Nothing that a trainer prints for people takes a second to read.
            return [];
        }
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
                else if (property.Value.ValueKind == JsonValueKind.String && Number(property.Value.GetString()!) is { } value) numbers.Add(new(property.Name, value));
            return numbers;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<NamedNumber> ParseText(string line)
    {
        var numbers = new List<NamedNumber>();
        if (RankMark().Match(line) is { Success: true } rank) numbers.Add(new(MetricNames.Rank, double.Parse(rank.Groups["rank"].ValueSpan, CultureInfo.InvariantCulture)));
        if (ProgressBar.Find(line) is { } bar)
        {
            if (bar.IsForeign) return [];
            numbers.Add(new(MetricNames.Bar, bar.Done));
            numbers.Add(new(MetricNames.BarTotal, bar.Total));
            if (bar.Epoch is { } epoch) numbers.Add(new(MetricNames.BarEpoch, epoch));
        }
        foreach (Match match in Pair().Matches(line)) Read(match, numbers);
        if (numbers.Count == 0) return numbers;
        foreach (Match match in Cell().Matches(line)) numbers.Add(match.Groups["unit"].Value == "ms" ? new("dt", Float(match) / 1000) : new("tok/s", Float(match)));
        // `490 | loss 5.75 | lr 4.9e-05` begins with its step, `3: step 10 loss 5.75` with the task that srun names.
        if (Lead().Match(line) is { Success: true } lead)
        {
            var hasStep = numbers.Any(number => MetricNames.Canonical(number.Name) == MetricNames.Step);
            if (!hasStep || lead.Groups["mark"].Value == ":") numbers.Add(new(hasStep ? MetricNames.Rank : MetricNames.Step, double.Parse(lead.Groups["lead"].ValueSpan, CultureInfo.InvariantCulture)));
        }
        return numbers;

        static double Float(Match match) => double.Parse(match.Groups["value"].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static void Read(Match match, List<NamedNumber> numbers)
    {
        var name = match.Groups["name"] is { Success: true } named ? MetricNames.Of(named.Value) : string.Join('_', match.Groups["word"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        // The place in a source file that a logger names.
        if (name.EndsWith(".py", StringComparison.Ordinal) || Number(match.Groups["value"].Value) is not { } value) return;
        var unit = match.Groups["unit"].Value;
        if (match.Groups["aside"] is { Success: true } aside)
        {
            if (!MetricNames.Knows(name)) return;
            if (aside.Value is "ms" or "s") unit = aside.Value;
        }
        if (name.Equals("time", StringComparison.OrdinalIgnoreCase) && match.Groups["word"].Success)
        {
            // nanoGPT's time of the last iteration; of another one nothing is known.
            if (unit != "ms") return;
            name = "iter_time";
        }
        switch (unit)
        {
            case "" or "%" or "s":
                numbers.Add(new(name, value));
                break;
            case "ms":
                numbers.Add(new(name, value / 1000));
                break;
            default:
                return;
        }
        if (match.Groups["total"] is { Success: true } total && MetricNames.Canonical(name) == MetricNames.Step && Number(total.Value) is { } steps) numbers.Add(new(MetricNames.Steps, steps));
    }

    // Also with commas between thousands, and as Python and C print what is not finite.
    private static double? Number(string text)
    {
        if (text.Length is 0 or > 40) return null;
        return text.ToLowerInvariant() switch
        {
            "nan" or "+nan" or "-nan" => double.NaN,
            "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
            "-inf" or "-infinity" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) ? value : null,
        };
    }

    // Words joined to a number by a colon or an equals sign; for the commonest words a blank suffices. Thousands may have commas.
    [GeneratedRegex(
        """
        (?<![\w./-])
        (?: (?<name>(?:[A-Za-z_][\w./-]*[ ]){0,5}[A-Za-z_][\w./-]*) (?:[ ]?\((?<aside>[\w\ /.]{1,24})\))? ["']?\s*[:=]\s*
          | (?<word>(?:(?:train|training|val|valid|validation|eval|test)\s+)?(?:step|iter|iteration|loss|lr|ppl|norm|time))\s+ )
        ["'\[(]{0,2}
        (?<value>[+-]?(?:\d{1,3}(?:,\d{3})+(?![\d,]) (?:\.\d+)? | (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? | nan\b | inf(?:inity)?\b))
        (?:\s?/\s*(?<total>\d{1,9})(?![\d.]))?
        (?<unit>%|[A-Za-z]+)?
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pair();

    // A column of a table that only its unit names, as llm.c prints them: `| 44.57 ms | 91,886 tok/s`.
    [GeneratedRegex(@"(?<=\|\s{0,8})(?<value>\d[\d,]*\.?\d*)\s?(?<unit>ms|tok/s)(?=\s*(\||$))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cell();

    [GeneratedRegex(@"^\s*(?<lead>\d{1,9})\s?(?<mark>[|:])\s", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Lead();

    // torchrun's `[default0]:`, torchtitan's `[rank0]:`, DeepSpeed's `[Rank 0]`.
    [GeneratedRegex(@"\[(?:default|rank[ _=-]?)(?<rank>\d{1,6})(?:/\d+)?[\]| ]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RankMark();

    [GeneratedRegex(@"\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-_])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escape();
}

/// <summary>A number and the name that a trainer gave it.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Value">May be non-finite. Milliseconds are given in seconds, percent as printed.</param>
public readonly record struct NamedNumber(string Name, double Value);
