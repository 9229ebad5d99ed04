using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Anneal.Lab.Reports;

/// <summary>
/// A piece of HTML or SVG. It is made of interpolated strings whose literal parts are ours and whose holes are escaped, unless they
/// are markup themselves; so foreign text cannot become a tag by any path.
/// </summary>
internal readonly struct Markup
{
    private readonly string? _text;

    private Markup(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Markup Empty => default;

    /// <summary>Markup from an interpolated string: <c>Markup.Of($"&lt;td&gt;{text}&lt;/td&gt;")</c>.</summary>
    public static Markup Of(Handler handler) => new(handler.Text);

    /// <summary>Text of ours that must stay as it is: the style sheet. Never for text from outside.</summary>
    public static Markup Trusted(string text) => new(text);

    /// <summary>The pieces one after the other.</summary>
    public static Markup Join(IEnumerable<Markup> pieces) => new(string.Concat(pieces.Select(piece => piece._text)));

    /// <inheritdoc cref="Join(IEnumerable{Markup})"/>
    public static Markup Join<T>(IEnumerable<T> items, Func<T, Markup> piece) => Join(items.Select(piece));

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    /// <summary>Escapes the holes of an interpolated string. Numbers keep at most two decimals unless a format is given.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Handler(int literalLength, int holes)
    {
        private readonly StringBuilder _text = new(literalLength + 16 * holes);

        public string Text => _text.ToString();

        public void AppendLiteral(string literal) => _text.Append(literal);

        public void AppendFormatted(Markup markup) => _text.Append(markup._text);

        public void AppendFormatted(string? text) => _text.Append(WebUtility.HtmlEncode(PlainText.Clean(text ?? "", lines: true)));

        public void AppendFormatted(int number) => _text.Append(number);

        public void AppendFormatted(double number, string format = "0.##") => _text.Append(number.ToString(format, CultureInfo.InvariantCulture));
    }
}
