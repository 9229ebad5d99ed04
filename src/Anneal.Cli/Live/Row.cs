using Anneal.Lab.Reports;
using Spectre.Console;

namespace Anneal.Cli.Live;

/// <summary>A line of a page.</summary>
internal static class Row
{
    /// <summary>Pieces on one line, cut at the terminal's edge; nothing in them is markup.</summary>
    public static Paragraph Of(int width, params ReadOnlySpan<(string Text, Style Style)> pieces)
    {
        // Room for the ^C that a terminal echoes after the last line.
        var left = width - 4;
        var line = new Paragraph();
        foreach (var (text, style) in pieces)
        {
            if (left < 3)
                break;
            var shown = PlainText.Shorten(PlainText.Clean(text), left);
            line.Append(shown, style);
            left -= shown.Length;
        }

        return line;
    }
}
