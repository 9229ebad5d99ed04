using Anneal.Lab.Evidence;
using Anneal.Lab.Reports;
using Spectre.Console;

namespace Anneal.Cli.Terminal;

/// <summary>How tables look on a terminal: no boxes, one rule under the headings, numbers flush right.</summary>
internal static class Tables
{
    /// <summary>A table; a heading that begins with <c>#</c> is a column of numbers.</summary>
    public static Table Of(IReadOnlyList<string> headings)
    {
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (var heading in headings)
        {
            var numbers = heading.StartsWith('#');
            table.AddColumn(new TableColumn(new Markup(Markup.Escape(heading.TrimStart('#')), new Style(decoration: Decoration.Dim))) { Alignment = numbers ? Justify.Right : Justify.Left, NoWrap = numbers });
        }

        return table;
    }

    /// <summary>Foreign text as a cell: cleaned, nothing in it is markup.</summary>
    public static Text Cell(string text, Style? style = null) => new(PlainText.Clean(text), style);

    /// <summary>Colour of a verdict; the word always stands beside it.</summary>
    public static Style Colour(Verdict? verdict) => verdict switch
    {
        Verdict.Confirmed => new Style(Color.Green),
        Verdict.Rejected or Verdict.Invalid => new Style(Color.Red),
        null => new Style(decoration: Decoration.Dim),
        _ => new Style(Color.Yellow),
    };
}
