using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>What happens when nothing changes: pairs that differ in their initialisation, and pairs that differ by a nudge of the learning rate.</summary>
internal static class NoiseFigure
{
    public static Figure Of(StudyRecord study)
    {
        var unit = Units.Objective(study.Spec.Objective);
        (string Name, string Note, IReadOnlyList<PairRecord> Pairs)[] kinds =
        [
            ("null pairs", "another initialisation, same data order", study.NullPairs),
            ("nudge pairs", "same initialisation, learning rate × 1.0001", study.NudgePairs),
        ];
        var rows = kinds.SelectMany(kind => kind.Pairs.Select(pair => (IReadOnlyList<string>)
            [kind.Name, $"{pair.Index + 1}", Units.Value(pair.Control), Units.Value(pair.Treatment), Units.Effect(pair.Difference)])).ToList();
        return new Figure("noise", "Noise: pairs in which nothing was changed", Summary(study, unit), rows.Count == 0 ? null : Draw(kinds, study.Spec.Acceptance.MinEffect, unit),
            "Each stroke is the difference within one pair; the thin bar spans two standard deviations around zero. The noise plans the number of pairs; the gate judges by each experiment's own pairs.",
            new Table(["kind", "pair", "first", "second", "difference"], rows));
    }

    private static string Summary(StudyRecord study, string unit)
    {
        var differences = study.NullPairs.Select(pair => pair.Difference).ToList();
        return StudyFacts.Deviation(differences) is not { } sd
            ? "The noise was not measured."
            : $"Two runs that differ in nothing but the initialisation differ by {sd:0.0000} {unit} (standard deviation of {Units.Plural(differences.Count, "null pair")})"
                + (StudyFacts.Deviation([.. study.NudgePairs.Select(pair => pair.Difference)]) is { } nudge ? $"; a learning rate changed by one part in 10,000 moves the result by {nudge:0.0000}." : ".");
    }

    private static Drawing Draw((string Name, string Note, IReadOnlyList<PairRecord> Pairs)[] kinds, double minEffect, string unit)
    {
        const double left = 250, right = 690, row = 46, top = 20;
        var drawing = new Drawing(720, top + row * kinds.Length + 60);
        var deviations = kinds.Select(kind => StudyFacts.Deviation([.. kind.Pairs.Select(pair => pair.Difference)]) ?? 0).ToList();
        var widest = kinds.SelectMany(kind => kind.Pairs).Select(pair => Math.Abs(pair.Difference)).Concat(deviations.Select(sd => 2 * sd)).Append(minEffect).Max();
        var axis = Axis.Around([-widest, widest], left, right);
        drawing.Line(axis[0], top - 8, axis[0], top + row * kinds.Length, "zero");
        if (minEffect > 0)
        {
            drawing.Line(axis[minEffect], top - 8, axis[minEffect], top + row * kinds.Length, "least");
            drawing.Text(axis[minEffect] + 4, top - 2, "smallest effect worth having", "small");
        }

        foreach (var (i, (name, note, pairs)) in kinds.Index())
        {
            var y = top + row * (i + 0.5);
            drawing.Text(left - 14, y - 1, $"{pairs.Count} {name}", "end strong");
            drawing.Text(left - 14, y + 13, note, "end small");
            drawing.HorizontalBar(y, -2 * deviations[i], 2 * deviations[i], axis, "guess");
            foreach (var pair in pairs)
                drawing.Line(axis[pair.Difference], y - 10, axis[pair.Difference], y + 10, "rug");
        }

        drawing.BottomAxis(axis, top + row * kinds.Length + 6, 6, $"difference within the pair, {unit}");
        return drawing;
    }
}
