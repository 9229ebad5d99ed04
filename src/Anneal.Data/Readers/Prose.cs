using System.Text;

namespace Anneal.Data.Readers;

/// <summary>Builds readable text from markup: runs of white space become one space, breaks become one line end.</summary>
internal sealed class Prose
{
    private readonly StringBuilder _text = new();
    private bool _space;

    /// <summary>Appends words; white space within and around them collapses.</summary>
    public void Words(ReadOnlySpan<char> words)
    {
        while (words.Length > 0)
        {
            var start = words.IndexOfAnyExcept(" \t\r\n");
            if (start != 0)
                _space = true;
            if (start < 0)
                return;
            words = words[start..];
            var length = words.IndexOfAny(" \t\r\n");
            var word = length < 0 ? words : words[..length];
            // Markup leaves blanks before lone punctuation: "<see langword="null" /> ." reads "null."
            if (_space && _text.Length > 0 && _text[^1] != '\n' && word is not ("." or "," or ";" or ")"))
                _text.Append(' ');
            _space = false;
            _text.Append(word);
            words = words[word.Length..];
        }
    }

    /// <summary>Ends the line, unless nothing stands on it.</summary>
    public void Break()
    {
        if (_text.Length > 0 && _text[^1] != '\n')
            _text.Append('\n');
        _space = false;
    }

    /// <summary>Ends the line and leaves one blank, unless nothing has been written.</summary>
    public void Gap()
    {
        Break();
        if (_text.Length > 0 && (_text.Length < 2 || _text[^2] != '\n'))
            _text.Append('\n');
    }

    /// <summary>Appends one line as it is.</summary>
    public void Raw(string line)
    {
        Break();
        _text.Append(line.TrimEnd()).Append('\n');
    }

    /// <summary>Appends lines as they are, without their common indentation.</summary>
    public void Verbatim(string block)
    {
        var lines = block.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()).ToList();
        var margin = lines.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
        Break();
        foreach (var line in lines.SkipWhile(line => line.Length == 0))
            if (line.Length > 0 || _text[^1] != '\n')
                _text.Append(line.Length > margin ? line.AsSpan(margin) : []).Append('\n');
    }

    /// <summary>What has been written; the builder is empty again.</summary>
    public string Take()
    {
        var text = _text.ToString().Trim();
        _text.Clear();
        _space = false;
        return text;
    }
}
