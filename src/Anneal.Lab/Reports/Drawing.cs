using Anneal.Lab.Evidence;

namespace Anneal.Lab.Reports;

/// <summary>An SVG picture under construction; how things look is left to the page's style sheet, so that one picture serves light, dark and paper.</summary>
internal sealed class Drawing(double width, double height)
{
    private readonly List<Markup> _parts = [];

    public double Width => width;

    public double Height => height;

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _parts.Add(Markup.Of($"<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" class=\"{style}\"/>"));

    public void Path(IEnumerable<(double X, double Y)> points, string style)
    {
        var path = string.Join(' ', points.Select((point, i) => FormattableString.Invariant($"{(i == 0 ? 'M' : 'L')}{point.X:0.##} {point.Y:0.##}")));
        if (path.Length > 0)
            _parts.Add(Markup.Of($"<path d=\"{path}\" class=\"{style}\"/>"));
    }

    public void Rectangle(double x, double y, double w, double h, string style) =>
        _parts.Add(Markup.Of($"<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" class=\"{style}\"/>"));

    public void Circle(double x, double y, double r, string style, string? tip = null) =>
        _parts.Add(Markup.Of($"<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" class=\"{style}\">{Tip(tip)}</circle>"));

    /// <param name="x">Pixels from the left.</param>
    /// <param name="y">Base line, pixels from the top.</param>
    /// <param name="text">Any text; it is escaped.</param>
    /// <param name="style">Space-separated classes: <c>start</c> (default), <c>middle</c> or <c>end</c>, <c>strong</c>, <c>faint</c>.</param>
    public void Text(double x, double y, string text, string style = "") =>
        _parts.Add(Markup.Of($"<text x=\"{x}\" y=\"{y}\" class=\"{style}\">{text}</text>"));

    /// <summary>The sign of a verdict: its shape says what its colour says. Null is a run still open.</summary>
    public void Sign(Verdict? verdict, double x, double y, string? tip = null)
    {
        const double r = 5;
        var style = verdict?.ToString().ToLowerInvariant() ?? "open";
        var path = verdict switch
        {
            Verdict.Inconclusive => Markup.Of($"M{x} {y - r - 1}L{x + r + 1} {y}L{x} {y + r + 1}L{x - r - 1} {y}Z"),
            Verdict.Rejected => Markup.Of($"M{x - r} {y - r + 1}L{x + r} {y - r + 1}L{x} {y + r}Z"),
            Verdict.Invalid => Markup.Of($"M{x - r} {y - r}L{x + r} {y + r}M{x - r} {y + r}L{x + r} {y - r}"),
            _ => Markup.Empty,
        };
        if (verdict is null or Verdict.Confirmed or Verdict.Suggestive)
            Circle(x, y, verdict is null ? 2.5 : r, $"sign {style}", tip);
        else
            _parts.Add(Markup.Of($"<path d=\"{path}\" class=\"sign {style}\">{Tip(tip)}</path>"));
    }

    /// <summary>A bar from low to high with short ends; an end that is not finite or lies outside the axis is left open.</summary>
    public void VerticalBar(double x, double low, double high, Axis axis, string style)
    {
        Line(x, axis[axis.Clamp(low)], x, axis[axis.Clamp(high)], style);
        foreach (var end in (double[])[low, high])
            if (axis.Holds(end))
                Line(x - 3, axis[end], x + 3, axis[end], style);
    }

    /// <inheritdoc cref="VerticalBar"/>
    public void HorizontalBar(double y, double low, double high, Axis axis, string style)
    {
        Line(axis[axis.Clamp(low)], y, axis[axis.Clamp(high)], y, style);
        foreach (var end in (double[])[low, high])
            if (axis.Holds(end))
                Line(axis[end], y - 3, axis[end], y + 3, style);
    }

    /// <summary>Labels and hairlines of a vertical axis at the left of a panel.</summary>
    public void LeftAxis(Axis axis, double left, double right, int about, string name)
    {
        foreach (var (value, label) in axis.Ticks(about))
        {
            Line(left, axis[value], right, axis[value], "grid");
            Text(left - 6, axis[value] + 4, label, "end faint");
        }

        if (name.Length > 0)
            Text(left - 40, Math.Min(axis.From, axis.To) - 12, name, "faint");
    }

    /// <summary>Labels and ticks of a horizontal axis at the foot of a panel.</summary>
    public void BottomAxis(Axis axis, double y, int about, string name)
    {
        Line(axis.From, y, axis.To, y, "axis");
        foreach (var (value, label) in axis.Ticks(about))
        {
            Line(axis[value], y, axis[value], y + 4, "axis");
            Text(axis[value], y + 17, label, "middle faint");
        }

        if (name.Length > 0)
            Text((axis.From + axis.To) / 2, y + 34, name, "middle faint");
    }

    /// <summary>The finished picture.</summary>
    /// <param name="id">Of the figure; unique in the page.</param>
    /// <param name="title">Short name, read first by a screen reader.</param>
    /// <param name="summary">What it shows, in a sentence.</param>
    public Markup Svg(string id, string title, string summary) => Markup.Of($"""
        <svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-t {id}-d" xmlns="http://www.w3.org/2000/svg"><title id="{id}-t">{title}</title><desc id="{id}-d">{summary}</desc>{Markup.Join(_parts)}</svg>
        """);

    private static Markup Tip(string? tip) => tip is null ? Markup.Empty : Markup.Of($"<title>{tip}</title>");
}
