using System.Text;

namespace Anneal.Lab.Research.Tools;

/// <summary>A table in few tokens: cells between bars, one row a line.</summary>
internal static class TextTable
{
    /// <summary>The table; a cell that is missing is empty.</summary>
    public static string Of(IEnumerable<string> columns, IEnumerable<IEnumerable<string?>> rows)
    {
        var text = new StringBuilder().AppendJoin(" | ", columns).Append('\n');
        foreach (var row in rows) text.AppendJoin(" | ", row).Append('\n');
        return text.ToString();
    }

    /// <summary>A number to five significant digits.</summary>
    public static string Number(double? value) => value is { } number ? number.ToString("G5") : "";

    /// <summary>An effect: to four places, with its sign.</summary>
    public static string Effect(double? value) => value is { } number ? number.ToString("+0.0000;-0.0000;0") : "";

    /// <summary>FLOPs in units of a full run.</summary>
    public static string Runs(double flops, double run) => (flops / run).ToString("0.##");

    /// <summary>One line of at most so many characters.</summary>
    public static string Line(string? text, int most)
    {
        var line = (text ?? "").ReplaceLineEndings(" ").Trim();
        return line.Length <= most ? line : $"{line[..(most - 1)]}…";
    }
}
