namespace Anneal.Data.Readers;

/// <summary>Cuts long text into documents at the last paragraph, line or word that fits.</summary>
internal static class TextCut
{
    /// <summary>The parts of a text, none longer than asked, blank ones left out.</summary>
    public static IEnumerable<string> Parts(string text, int longest)
    {
        while (text.Length > longest)
        {
            var cut = At(text.AsSpan(0, longest + 1));
            if (Trim(text[..cut]) is { Length: > 0 } part)
                yield return part;
            text = text[cut..];
        }
        if (Trim(text) is { Length: > 0 } last)
            yield return last;
    }

    /// <summary>Where to cut a text that is one character too long: its length after cutting.</summary>
    public static int At(ReadOnlySpan<char> text)
    {
        var most = text.Length - 1;
        foreach (var seam in (ReadOnlySpan<string>)["\n\n", "\n", " "])
            if (text[..most].LastIndexOf(seam) is var at && at >= most / 2)
                return at + seam.Length;
        return char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
    }

    /// <summary>A part without the line ends around it; empty if it is blank.</summary>
    public static string Trim(string part) => string.IsNullOrWhiteSpace(part) ? "" : part.Trim('\r', '\n');
}
