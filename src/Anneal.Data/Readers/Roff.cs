namespace Anneal.Data.Readers;

/// <summary>
/// The text of a manual page in the man(7) or mdoc(7) macros, without the typesetting: headings, paragraphs, tagged lists and
/// examples keep their lines. Macro definitions, tables, equations and what only a typesetter would print are left out.
/// </summary>
internal sealed class Roff
{
    private readonly Prose _prose = new();
    private readonly Mdoc _mdoc = new();
    private bool _verbatim;
    private bool _tag;     // the next line is the tag of a list item
    private bool _taken;   // whether the last .ie held
    private string? _skipTo; // the request that ends what is being left out

    /// <summary>The page's text; empty for a page that only points to another.</summary>
    public static string Read(TextReader page)
    {
        var roff = new Roff();
        while (page.ReadLine() is { } line)
        {
            while (line.EndsWith('\\') && !line.EndsWith("\\\\", StringComparison.Ordinal) && page.ReadLine() is { } more)
                line = line[..^1] + more;
            roff.Line(line, page);
        }
        return roff._prose.Take();
    }

    private void Line(string line, TextReader page)
    {
        if (_skipTo is not null)
        {
            if (line.StartsWith(_skipTo, StringComparison.Ordinal))
                _skipTo = null;
        }
        else if (line.Length > 0 && line[0] is '.' or '\'')
        {
            var request = line[1..].TrimStart();
            var end = request.AsSpan().IndexOfAny(' ', '\t');
            Request(end < 0 ? request : request[..end], end < 0 ? "" : request[end..].Trim(), page);
        }
        else
        {
            Text(RoffText.Plain(line));
        }
    }

    private void Text(string text)
    {
        if (_verbatim)
            _prose.Raw(text);
        else if (string.IsNullOrWhiteSpace(text))
            _prose.Break();
        else
            Words(text);
        if (_tag)
            _prose.Break();
        _tag = false;
    }

    /// <summary>Words on the current line, apart from what stands there.</summary>
    private void Words(string text)
    {
        _prose.Words(" ");
        _prose.Words(text);
    }

    private void Request(string name, string rest, TextReader page)
    {
        switch (name)
        {
            case "SH" or "SS" or "Sh" or "Ss":
                _verbatim = false;
                _prose.Gap();
                Words(string.Join(' ', Arguments(rest)));
                _prose.Break();
                break;
            case "PP" or "P" or "LP" or "Pp" or "sp" or "HP" or "RS" or "RE" or "br" or "Bl" or "El" or "ti" or "in":
                _prose.Break();
                break;
            case "IP":
                _prose.Break();
                if (Arguments(rest) is [{ Length: > 0 } tag, ..])
                    Text(tag);
                _prose.Break();
                break;
            case "TP" or "TQ":
                _prose.Break();
                _tag = true;
                break;
            case "B" or "I" or "SM" or "SB" or "R":
                Text(string.Join(' ', Arguments(rest)));
                break;
            case "BR" or "BI" or "IR" or "IB" or "RB" or "RI":
                Text(string.Concat(Arguments(rest)));
                break;
            case "nf" or "EX" or "Bd" or "Vb" or "Dl" or "D1":
                _prose.Break();
                if (name is "Dl" or "D1")
                    Mdoc(rest);
                else
                    _verbatim = true;
                break;
            case "fi" or "EE" or "Ed" or "Ve":
                _verbatim = false;
                _prose.Break();
                break;
            case "de" or "de1" or "am" or "ig":
                _skipTo = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, { } end, ..] ? $".{end}" : "..";
                break;
            case "TS":
                _skipTo = ".TE";
                break;
            case "EQ":
                _skipTo = ".EN";
                break;
            case "PS":
                _skipTo = ".PE";
                break;
            case "if" or "ie":
                var (holds, then) = Condition(rest);
                if (name == "ie")
                    _taken = holds;
                Branch(holds, then, page);
                break;
            case "el":
                Branch(!_taken, rest, page);
                break;
            case "UR" or "MT":
                Words(RoffText.Plain(rest));
                break;
            case "It":
                _prose.Break();
                Mdoc(rest);
                _prose.Break();
                break;
            default:
                if (Readers.Mdoc.Knows(name))
                    Mdoc($"{name} {rest}");
                break;
        }
    }

    private void Mdoc(string line)
    {
        if (_mdoc.Render(Arguments(line)) is { Length: > 0 } text)
            Words(text);
    }

    /// <summary>A page is read as on a terminal: nroff holds, troff does not, and what is compared is taken not to hold.</summary>
    private static (bool Holds, string Then) Condition(string rest)
    {
        var negated = rest.StartsWith('!');
        var condition = negated ? rest[1..] : rest;
        var end = condition.IndexOf(' ');
        var then = end < 0 ? "" : condition[end..].TrimStart();
        return ((condition is ['n', ' ' or '\\', ..]) != negated, then);
    }

    /// <summary>The rest of the line, or the block of lines in \{ \}: read, or left out.</summary>
    private void Branch(bool holds, string then, TextReader page)
    {
        if (!then.StartsWith("\\{", StringComparison.Ordinal))
        {
            if (holds && then.Length > 0)
                Line(then, page);
            return;
        }
        var depth = 0;
        for (string? line = then; line is not null; line = page.ReadLine())
        {
            depth += Occurrences(line, "\\{") - Occurrences(line, "\\}");
            var bare = line.Replace("\\{\\", "").Replace("\\{", "").Replace("\\}", "");
            if (holds && bare.Length > 0 && bare is not "." and not "'" and not ".br")
                Line(bare, page);
            if (depth <= 0)
                return;
        }
    }

    private static int Occurrences(string line, string what) => line.AsSpan().Count(what);

    /// <summary>Arguments of a request: apart by blanks, "quoted" with blanks, "" a quote within; escapes resolved.</summary>
    private static List<string> Arguments(string rest)
    {
        var arguments = new List<string>();
        for (var i = 0; i < rest.Length;)
        {
            if (rest[i] is ' ' or '\t')
            {
                i++;
                continue;
            }
            var start = i;
            if (rest[i] == '"')
            {
                for (i++; i < rest.Length && (rest[i] != '"' || (i + 1 < rest.Length && rest[i + 1] == '"')); i++)
                    if (rest[i] == '"')
                        i++;
                arguments.Add(RoffText.Plain(rest[(start + 1)..Math.Min(i, rest.Length)].Replace("\"\"", "\"")));
                i++;
                continue;
            }
            while (i < rest.Length && rest[i] is not (' ' or '\t'))
                i += rest[i] == '\\' ? 2 : 1;
            i = Math.Min(i, rest.Length);
            var word = rest[start..i];
            if (word.StartsWith("\\\"", StringComparison.Ordinal))
                break;
            arguments.Add(RoffText.Plain(word));
        }
        return arguments;
    }
}
