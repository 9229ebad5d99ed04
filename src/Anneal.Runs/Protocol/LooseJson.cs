using System.Buffers;

namespace Anneal.Runs.Protocol;

/// <summary>
/// A cursor over one value of JSON as trainers write it: also Python's dictionaries (single quotes, <c>True</c>, <c>None</c>,
/// bare <c>NaN</c>) and trailing commas. It never throws: what is no such thing ends in false.
/// </summary>
/// <param name="text">One line, UTF-8.</param>
internal ref struct LooseJson(ReadOnlySpan<byte> text)
{
    // Deeper than any metric lies; hostile nesting must not overflow the stack.
    private const int MostDepth = 32;

    private static readonly SearchValues<byte> ends = SearchValues.Create(", }]\t\r"u8);

    private readonly ReadOnlySpan<byte> text = text;
    private int at;

    /// <summary>Nothing but blanks is left.</summary>
    public bool AtEnd
    {
        get
        {
            SkipBlanks();
            return at == text.Length;
        }
    }

    /// <summary>The next byte that is no blank; 0 at the end.</summary>
    public byte Peek()
    {
        SkipBlanks();
        return at < text.Length ? text[at] : (byte)0;
    }

    /// <summary>Steps over a byte if it comes next.</summary>
    public bool Take(byte expected)
    {
        if (Peek() != expected) return false;
        at++;
        return true;
    }

    /// <summary>A string's bytes between its quotes, escapes as they stand.</summary>
    public bool TakeString(out ReadOnlySpan<byte> body)
    {
        body = default;
        var quote = Peek();
        if (quote is not ((byte)'"' or (byte)'\'')) return false;
        var start = at + 1;
        for (var i = start; i < text.Length;)
        {
            var rest = text[i..];
            var found = rest.IndexOfAny(quote, (byte)'\\');
            if (found < 0) return false;
            i += found;
            if (text[i] == quote)
            {
                body = text[start..i];
                at = i + 1;
                return true;
            }
            i += 2;
        }
        return false;
    }

    /// <summary>A number or a word, up to the next comma, bracket or blank.</summary>
    public bool TakeBare(out ReadOnlySpan<byte> word)
    {
        SkipBlanks();
        var end = text[at..].IndexOfAny(ends);
        word = end < 0 ? text[at..] : text.Slice(at, end);
        at += word.Length;
        return word.Length > 0;
    }

    /// <summary>Steps over a list, whatever is in it.</summary>
    public bool SkipList(int depth = 0)
    {
        if (depth > MostDepth || !Take((byte)'[')) return false;
        while (!Take((byte)']'))
        {
            if (!SkipValue(depth) || (!Take((byte)',') && Peek() != (byte)']')) return false;
        }
        return true;
    }

    /// <summary>Steps over an object, whatever is in it.</summary>
    public bool SkipObject(int depth = 0)
    {
        if (depth > MostDepth || !Take((byte)'{')) return false;
        while (!Take((byte)'}'))
        {
            if (!TakeString(out _) || !Take((byte)':') || !SkipValue(depth) || (!Take((byte)',') && Peek() != (byte)'}')) return false;
        }
        return true;
    }

    private bool SkipValue(int depth) => Peek() switch
    {
        (byte)'"' or (byte)'\'' => TakeString(out _),
        (byte)'[' => SkipList(depth + 1),
        (byte)'{' => SkipObject(depth + 1),
        _ => TakeBare(out _),
    };

    private void SkipBlanks()
    {
        while (at < text.Length && (text[at] is (byte)' ' or (byte)'\t' or (byte)'\r')) at++;
    }
}
