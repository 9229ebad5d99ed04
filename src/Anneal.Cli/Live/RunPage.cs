using Anneal.Cli.Commands;
using Anneal.Lab.Reports;
using Anneal.Runs.Protocol;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Anneal.Cli.Live;

/// <summary>The page of a watched run: where it stands, its curve with the expected band, incidents on the curve, what was done.</summary>
internal static class RunPage
{
    private const int Margin = 9, Height = 6;

    private static readonly Style Plain = Style.Plain, Dim = new(decoration: Decoration.Dim), Strong = new(decoration: Decoration.Bold);
    private static readonly Style Act = new(Color.Red), Warn = new(Color.Yellow), Curve = new(Color.Blue), Deed = new(Color.Green);

    public static IRenderable Of(RunBoard board, string name, string foot, int width)
    {
        List<IRenderable> lines = [Head(board, name, width), Loss(board, width), .. Signals(board, width)];
        if (board.Curve.Count > 1) lines.AddRange(Chart(board, width));
        lines.AddRange(board.Recent.AsEnumerable().Reverse().Select(incident => Told(incident, width)));
        lines.AddRange(board.Words.AsEnumerable().Reverse().Select(word => Row.Of(width, ("         ", Plain), (word, Dim))));
        lines.Add(Row.Of(width, (foot, Dim)));
        return new Rows(lines);
    }

    private static Paragraph Head(RunBoard board, string name, int width)
    {
        var share = board is { Last: { } at, Steps: > 0 } ? (double)at.Step / board.Steps : (double?)null;
        return Row.Of(width,
            (PlainText.Shorten(name, Math.Max(20, width / 3)), Strong),
            ($"  {board.State}", board.Counts.Act > 0 ? Act : Plain),
            (board.Last is { } last ? $" · step {last.Step}{(board.Steps > 0 ? $" of {board.Steps}" : "")}" : "", Plain),
            (share is { } part ? $" {Sparkline.Bar(part, 12)}" : "", Plain),
            (board.SecondsLeft is { } seconds ? $" {Units.Duration(seconds)} left" : "", Dim));
    }

    private static Paragraph Loss(RunBoard board, int width)
    {
        if (board.Last is not { } last) return Row.Of(width, ("no step heard yet", Dim));
        var isOut = board.Band is { } band && !(last.Loss <= band.High);
        return Row.Of(width,
            ($"loss {Number(last.Loss, "0.0000")}", isOut ? Act : Strong),
            (board.Band is { } expected ? $" (expected {Number(expected.Low, "0.00")} to {Number(expected.High, "0.00")})" : "", Dim),
            (board.Held is { } held ? $" · held out {Number(held.Loss, "0.0000")} at {held.Step}" : "", Plain));
    }

    private static IEnumerable<IRenderable> Signals(RunBoard board, int width)
    {
        if (board.Last is not { } last) yield break;
        var signals = new[]
        {
            last.GradNorm is { } norm ? $"grad norm {Number(norm, "0.###")}" : null,
            last.LearningRate is { } rate ? $"lr {Number(rate, "0.##e0")}" : null,
            last.TokensPerSecond is { } pace ? Units.Count(pace, "tokens/s") : null,
            board.SecondsPerStep is { } each ? $"{Number(each, "0.000")} s a step" : null,
        }.OfType<string>().ToList();
        if (signals.Count > 0) yield return Row.Of(width, (string.Join(" · ", signals), Plain));
    }

    private static IEnumerable<IRenderable> Chart(RunBoard board, int width)
    {
        var chart = new LossChart(board.Curve.All, Math.Max(10, width - Margin - 4), Height, board.Steps);
        for (var row = 0; row < Height; row++)
        {
            var label = row == 0 ? chart.High : row == Height - 1 ? chart.Low : double.NaN;
            yield return Row.Of(width, ($"{(double.IsFinite(label) ? Number(label, "0.00") : ""),Margin - 2} │", Dim), (chart.Line(row), Curve));
        }
        if (board.Marks.Count > 0) yield return Lane(width, "seen", [.. board.Marks.OrderBy(mark => mark.Severity).Select(mark => (chart.ColumnOf(mark.Step), mark.Severity == Severity.Act ? '▲' : '△'))], chart.Width, board.Counts.Act > 0 ? Act : Warn);
        if (board.Done.Count > 0) yield return Lane(width, "done", [.. board.Done.Select(deed => (chart.ColumnOf(deed.Step), Sign(deed.Action)))], chart.Width, Deed);
    }

    private static Paragraph Lane(int width, string name, IReadOnlyList<(int Column, char Sign)> signs, int columns, Style style)
    {
        var lane = new char[columns];
        Array.Fill(lane, ' ');
        foreach (var (column, sign) in signs) lane[column] = sign;
        return Row.Of(width, ($"{name,Margin - 2} │", Dim), (new string(lane).TrimEnd(), style));
    }

    private static char Sign(IncidentAction action) => action switch
    {
        IncidentAction.Skip => '»',
        IncidentAction.Rewind => '«',
        IncidentAction.ScaleLr => 'η',
        IncidentAction.Clip => '≤',
        IncidentAction.Restart => '↻',
        IncidentAction.Stop => '■',
        _ => '·',
    };

    private static Paragraph Told(Incident incident, int width) => Row.Of(width,
        ($"{incident.Step,Margin - 2}  ", Dim),
        ($"{IncidentWords.Of(incident.Severity),-5}", incident.Severity == Severity.Act ? Act : Warn),
        (incident.Action == IncidentAction.None ? "" : $"{IncidentWords.Of(incident.Action)}: ", Deed),
        (incident.Message, Plain),
        ($" ({IncidentWords.Of(incident.Cause)})", Dim));

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, System.Globalization.CultureInfo.InvariantCulture) : double.IsNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
}
