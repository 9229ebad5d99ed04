using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>Baseline against champion on the sealed split: each pair, and their mean difference with its interval.</summary>
internal static class SealedFigure
{
    public static Figure Of(StudyRecord study)
    {
        var unit = Units.Objective(study.Spec.Objective);
        var pairs = study.Sealed?.Pairs ?? [];
        var rows = pairs.Select(pair => (IReadOnlyList<string>)
            [$"{pair.Index + 1}", Units.Value(pair.Control), Units.Value(pair.Treatment), Units.Effect(pair.Difference), pair.ControlRun, pair.TreatmentRun]).ToList();
        return new Figure("sealed", study.Spec.Subject is null ? "The sealed comparison" : "The final comparison", Summary(study, pairs, unit), pairs.Count == 0 ? null : Draw(study.Sealed!, study.Spec.Acceptance.MinEffect, unit),
            "Hollow square: baseline. Filled circle: champion. One row for each pair of seeds, left is better; below, the mean difference with its 95% t-interval, right is better.",
            new Table(["pair", "baseline", "champion", "difference", "baseline run", "champion run"], rows));
    }

    private static string Summary(StudyRecord study, IReadOnlyList<PairRecord> pairs, string unit) => study.Spec.Subject is not null ? SubjectText.Comparison(study, unit) : pairs.Count == 0
        ? study.LostSeal() ? "The sealed test split was opened, but a run of the comparison failed, so there is no result." : "The sealed test split has not been opened in this study."
        : $"On the sealed split the champion was better in {pairs.Count(pair => pair.Difference > 0)} of {Units.Plural(pairs.Count, "pair")}, "
            + $"by {Units.Effect(study.Sealed!.Effect)} {unit} on average (95% interval {Units.Interval((study.Sealed.Low, study.Sealed.High))}).";

    private static Drawing Draw(SealedRecord opened, double minEffect, string unit)
    {
        const double left = 110, right = 650, row = 22, top = 16;
        var foot = top + row * opened.Pairs.Count;
        var drawing = new Drawing(720, foot + 150);
        var values = Axis.Around(opened.Pairs.SelectMany(pair => (double[])[pair.Control, pair.Treatment]), left, right);
        foreach (var pair in opened.Pairs)
        {
            var y = top + row * (pair.Index + 0.5);
            drawing.Text(left - 14, y + 4, $"pair {pair.Index + 1}", "end faint");
            drawing.Line(values.From, y, values.To, y, "grid");
            drawing.Line(values[pair.Control], y, values[pair.Treatment], y, "join");
            drawing.Rectangle(values[pair.Control] - 4.5, y - 4.5, 9, 9, "baseline");
            drawing.Circle(values[pair.Treatment], y, 5, "champion", $"pair {pair.Index + 1}: {Units.Value(pair.Control)} to {Units.Value(pair.Treatment)}");
        }

        drawing.BottomAxis(values, foot + 2, 6, $"{opened.Metric}, {unit}");

        var differences = Axis.Around([0, minEffect, opened.Low, opened.High, .. opened.Pairs.Select(pair => pair.Difference)], left, right);
        var middle = foot + 82;
        drawing.Text(left - 14, middle + 4, "difference", "end strong");
        drawing.Line(differences[0], middle - 22, differences[0], middle + 22, "zero");
        drawing.Text(differences[0], middle - 26, "no difference", "middle faint");
        foreach (var pair in opened.Pairs)
            drawing.Line(differences[pair.Difference], middle - 12, differences[pair.Difference], middle - 5, "rug");
        drawing.HorizontalBar(middle, opened.Low, opened.High, differences, "interval");
        drawing.Circle(differences[opened.Effect], middle, 5, "champion");
        drawing.BottomAxis(differences, middle + 22, 6, $"baseline minus champion, {unit}");
        return drawing;
    }
}
