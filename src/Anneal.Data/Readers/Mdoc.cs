using System.Text;

namespace Anneal.Data.Readers;

/// <summary>The words of mdoc(7) macro lines: <c>Op Fl v Ar file</c> reads "[-v file]".</summary>
internal sealed class Mdoc
{
    // Macros that enclose the rest of their line.
    private static readonly Dictionary<string, (string Open, string Close)> Enclosures = new(StringComparer.Ordinal)
    {
        ["Op"] = ("[", "]"),
        ["Bq"] = ("[", "]"),
        ["Pq"] = ("(", ")"),
        ["Dq"] = ("\"", "\""),
        ["Qq"] = ("\"", "\""),
        ["Sq"] = ("'", "'"),
        ["Ql"] = ("'", "'"),
        ["Aq"] = ("<", ">"),
        ["Brq"] = ("{", "}"),
    };

    // Macros that open or close an enclosure over several lines.
    private static readonly Dictionary<string, string> Marks = new(StringComparer.Ordinal)
    {
        ["Oo"] = "[",
        ["Bo"] = "[",
        ["Po"] = "(",
        ["Do"] = "\"",
        ["Qo"] = "\"",
        ["So"] = "'",
        ["Ao"] = "<",
        ["Bro"] = "{",
        ["Oc"] = "]",
        ["Bc"] = "]",
        ["Pc"] = ")",
        ["Dc"] = "\"",
        ["Qc"] = "\"",
        ["Sc"] = "'",
        ["Ac"] = ">",
        ["Brc"] = "}",
    };

    // Macros that mark up their arguments, which read as they are.
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "Ad", "An", "Ar", "Cd", "Cm", "Dv", "Em", "Er", "Ev", "Fa", "Fd", "Fl", "Fn", "Ft", "Ic", "In", "Li", "Lk", "Ms", "Mt",
        "Nd", "Nm", "No", "Ns", "Ap", "Pa", "Pf", "Rs", "Re", "St", "Sx", "Sy", "Ta", "Tn", "Va", "Vt", "Xr",
    };

    private static readonly HashSet<string> Closing = new(StringComparer.Ordinal) { ".", ",", ":", ";", ")", "]", "?", "!" };

    private string _name = "";

    /// <summary>Whether a request is a macro of running text.</summary>
    public static bool Knows(string macro) => Plain.Contains(macro) || Enclosures.ContainsKey(macro) || Marks.ContainsKey(macro);

    /// <summary>The words of a line.</summary>
    /// <param name="line">Macros and arguments.</param>
    public string Render(IReadOnlyList<string> line)
    {
        var text = new StringBuilder();
        var closers = new Stack<string>();
        var glue = true; // no blank before the next word
        var flag = false;
        // Punctuation at the end of the line stands outside of what encloses the rest.
        var count = line.Count;
        while (count > 1 && Closing.Contains(line[count - 1]))
            count--;
        for (var i = 0; i < count; i++)
        {
            var word = line[i];
            if (Enclosures.TryGetValue(word, out var enclosure))
            {
                Append(enclosure.Open);
                closers.Push(enclosure.Close);
                glue = true;
            }
            else if (Marks.TryGetValue(word, out var mark))
            {
                glue |= word.EndsWith('c');
                Append(mark);
                glue = word.EndsWith('o');
            }
            else if (word is "Ns" or "Pf" or "Ap")
            {
                glue = true;
                if (word == "Ap")
                    text.Append('\'');
                else if (word == "Pf" && i + 1 < count)
                    Append(line[++i]);
                glue = true;
            }
            else if (word == "Fl")
            {
                flag = true;
                if (i + 1 == count || Knows(line[i + 1]))
                    Append("-");
            }
            else if (word == "Xr" && i + 2 < count && line[i + 2] is [>= '1' and <= '9', ..])
            {
                Append($"{line[i + 1]}({line[i + 2]})");
                i += 2;
            }
            else if (word == "Nm")
            {
                flag = false;
                if (i + 1 < count && !Knows(line[i + 1]) && !Closing.Contains(line[i + 1]))
                    Append(_name = line[++i]);
                else
                    Append(_name);
            }
            else if (word == "Nd")
            {
                Append("-");
            }
            else if (Plain.Contains(word))
            {
                flag = false;
            }
            else
            {
                glue |= Closing.Contains(word);
                Append(flag && !Closing.Contains(word) ? $"-{word}" : word);
            }
        }
        foreach (var close in closers)
            text.Append(close);
        foreach (var mark in line.Skip(count))
            text.Append(mark);
        return text.ToString();

        void Append(string word)
        {
            if (!glue && word.Length > 0)
                text.Append(' ');
            text.Append(word);
            glue = false;
        }
    }
}
