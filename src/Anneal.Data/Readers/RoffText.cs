using System.Text;

namespace Anneal.Data.Readers;

/// <summary>Escapes of a roff line turned into characters: fonts, sizes and motions vanish, names become what they print.</summary>
internal static class RoffText
{
    // groff_char(7), the names that manual pages use.
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["em"] = "--",
        ["en"] = "-",
        ["hy"] = "-",
        ["mi"] = "-",
        ["bu"] = "*",
        ["aq"] = "'",
        ["dq"] = "\"",
        ["lq"] = "\"",
        ["rq"] = "\"",
        ["oq"] = "'",
        ["cq"] = "'",
        ["ga"] = "`",
        ["aa"] = "'",
        ["ha"] = "^",
        ["ti"] = "~",
        ["rs"] = "\\",
        ["co"] = "(c)",
        ["rg"] = "(R)",
        ["tm"] = "(TM)",
        ["ba"] = "|",
        ["or"] = "|",
        ["lB"] = "[",
        ["rB"] = "]",
        ["lC"] = "{",
        ["rC"] = "}",
        ["la"] = "<",
        ["ra"] = ">",
        ["sl"] = "/",
        ["at"] = "@",
        ["sh"] = "#",
        ["Do"] = "$",
        ["->"] = "->",
        ["<-"] = "<-",
        ["<="] = "<=",
        [">="] = ">=",
        ["!="] = "!=",
        ["+-"] = "+/-",
        ["mu"] = "x",
        ["de"] = "degrees",
        ["ss"] = "ß",
        [":a"] = "ä",
        [":o"] = "ö",
        [":u"] = "ü",
        ["'e"] = "é",
        ["`e"] = "è",
    };

    // Strings that the usual preambles define.
    private static readonly Dictionary<string, string> Strings = new(StringComparer.Ordinal)
    {
        ["C+"] = "C++",
        ["C`"] = "\"",
        ["C'"] = "\"",
        ["L\""] = "\"",
        ["R\""] = "\"",
        ["lq"] = "\"",
        ["rq"] = "\"",
        ["--"] = "--",
        ["PI"] = "pi",
        ["R"] = "(R)",
        ["Tm"] = "(TM)",
        ["Aq"] = "'",
    };

    /// <summary>The text of a line; a comment at its end is dropped.</summary>
    public static string Plain(ReadOnlySpan<char> line)
    {
        if (!line.Contains('\\'))
            return line.ToString();
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                text.Append(line[i]);
                continue;
            }
            if (++i >= line.Length)
                break;
            switch (line[i])
            {
                case '"' or '#':
                    return text.ToString().TrimEnd();
                case '-':
                    text.Append('-');
                    break;
                case 'e' or '\\':
                    text.Append('\\');
                    break;
                case ' ' or '~' or '0':
                    text.Append(' ');
                    break;
                case 't':
                    text.Append('\t');
                    break;
                case '\'' or '`' or '.':
                    text.Append(line[i]);
                    break;
                case '(' or '[':
                    text.Append(Character(Name(line, ref i)));
                    break;
                case '*':
                    i++;
                    text.Append(Strings.GetValueOrDefault(Name(line, ref i), ""));
                    break;
                case 'f' or 'F' or 'm' or 'M' or 'n' or 'g' or 'k' or 'Y' or 'V':
                    i++;
                    if (i < line.Length && line[i] is '+' or '-')
                        i++;
                    Name(line, ref i);
                    break;
                case 's':
                    SkipSize(line, ref i);
                    break;
                case 'h' or 'v' or 'w' or 'o' or 'b' or 'l' or 'L' or 'D' or 'H' or 'S' or 'x' or 'X' or 'Z' or 'N' or 'A' or 'B' or 'R':
                    SkipQuoted(line, ref i);
                    break;
            }
        }
        return text.ToString();
    }

    private static string Character(string name)
    {
        if (Named.TryGetValue(name, out var text))
            return text;
        var code = name.StartsWith("u", StringComparison.Ordinal) && int.TryParse(name[1..], System.Globalization.NumberStyles.HexNumber, null, out var hex) ? hex : 0;
        return Rune.IsValid(code) && code > 0 ? new Rune(code).ToString() : "";
    }

    /// <summary>A name in one of roff's three forms, x, (xx or [xxx]; leaves i on its last character.</summary>
    private static string Name(ReadOnlySpan<char> line, ref int i)
    {
        if (i >= line.Length)
            return "";
        var start = i + 1;
        if (line[i] == '(')
        {
            i = Math.Min(i + 2, line.Length - 1);
            return line[Math.Min(start, line.Length)..(i + 1)].ToString();
        }
        if (line[i] != '[')
            return line[i].ToString();
        var close = line[start..].IndexOf(']');
        i = close < 0 ? line.Length - 1 : start + close;
        return line[start..(close < 0 ? line.Length : i)].ToString();
    }

    /// <summary>\s0, \s-1, \s+10, \s(12, \s[12], \s'+1'.</summary>
    private static void SkipSize(ReadOnlySpan<char> line, ref int i)
    {
        if (i + 1 < line.Length && line[i + 1] is '+' or '-')
            i++;
        if (i + 1 >= line.Length)
            return;
        if (line[i + 1] is '(' or '[')
        {
            i++;
            Name(line, ref i);
        }
        else if (line[i + 1] == '\'')
        {
            SkipQuoted(line, ref i);
        }
        else if (char.IsAsciiDigit(line[i + 1]))
        {
            // One digit, or two when the first is 1 to 3 and no sign stands before.
            i++;
            if (line[i] is >= '1' and <= '3' && line[i - 1] == 's' && i + 1 < line.Length && char.IsAsciiDigit(line[i + 1]))
                i++;
        }
    }

    /// <summary>An argument between two equal delimiters, as in \h'3n'.</summary>
    private static void SkipQuoted(ReadOnlySpan<char> line, ref int i)
    {
        if (i + 1 >= line.Length)
            return;
        var close = line[(i + 2)..].IndexOf(line[i + 1]);
        i = close < 0 ? line.Length - 1 : i + 2 + close;
    }
}
