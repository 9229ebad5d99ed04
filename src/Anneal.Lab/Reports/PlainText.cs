using System.Globalization;
using System.Text;

namespace Anneal.Lab.Reports;

/// <summary>Foreign text made fit for a page or a terminal: no control characters, nothing that reorders what follows.</summary>
public static class PlainText
{
    /// <summary>
    /// Replaces what could act instead of being read by U+FFFD: control characters (escape sequences among them), lone surrogates, XML
    /// noncharacters, and the marks that override the direction of writing. Line breaks and tabs stay when <paramref name="lines"/> is true,
    /// else each becomes a space.
    /// </summary>
    public static string Clean(string text, bool lines = false)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t')
                clean.Append(lines ? (char)rune.Value : ' ');
            else if (rune.Value == '\r')
                continue;
            else if (Acts(rune))
                clean.Append('\uFFFD');
            else
                clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>At most so many characters, the last one an ellipsis where something was cut.</summary>
    public static string Shorten(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, Math.Max(0, length - 1)).TrimEnd(), "…");

    private static bool Acts(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        || rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 or 0x200E or 0x200F or 0x061C
        || (rune.Value & 0xFFFE) == 0xFFFE;
}
