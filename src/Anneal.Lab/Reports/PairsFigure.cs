using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>One small panel for each experiment that reached confirmation: its paired differences as they came in, with the sequence of intervals.</summary>
internal static class PairsFigure
{
    private const int Columns = 3;
    private const double PanelWidth = 196, PanelHeight = 150, Gap = 34, Top = 44;

    public static Figure Of(StudyRecord study)
    {
        var unit = Units.Objective(study.Spec.Objective);
        var tested = study.Experiments.Where(experiment => experiment.Pairs.Count > 0).ToList();
        var rows = tested.SelectMany(experiment => Trajectory(experiment).Select((state, i) => (IReadOnlyList<string>)
        [
            $"{experiment.Id}", $"{i + 1}", Units.Value(experiment.Pairs[i].Control), Units.Value(experiment.Pairs[i].Treatment),
            Units.Effect(experiment.Pairs[i].Difference), Units.Effect(state.Mean), Units.Interval((state.Low, state.High)),
        ])).ToList();
        return new Figure("pairs", "Paired differences and the evidence", Summary(study, tested), tested.Count == 0 ? null : Draw(study, tested, unit),
            "Dots: champion minus change for one pair of seeds, above zero is better. Line: their mean so far; band: 95% confidence sequence, valid whenever one looks. "
            + "Dashed: the smallest effect worth having. The bar under each panel is the e-value against the bar that it had to reach (the tick), on a logarithmic scale.",
            new Table(["experiment", "pair", "champion", "change", "difference", "mean so far", "95% confidence sequence"], rows));
    }

    private static string Summary(StudyRecord study, List<ExperimentRecord> tested)
    {
        if (tested.Count == 0)
            return "No experiment reached confirmation.";
        var reached = tested.Count(experiment => experiment.Evidence is var (value, bar) && value >= bar);
        return $"{Units.Plural(tested.Count, "experiment")} went into confirmation with {Units.Plural(tested.Sum(experiment => experiment.Pairs.Count), "pair")} in all; "
            + $"{reached} reached {(tested.Count == 1 ? "its" : "their")} bar, which holds false acceptances over the whole campaign at {Units.Percent(study.Spec.Acceptance.FalseAccept)}.";
    }

    private static Drawing Draw(StudyRecord study, List<ExperimentRecord> tested, string unit)
    {
        var lines = (tested.Count + Columns - 1) / Columns;
        var drawing = new Drawing(720, lines * (PanelHeight + Top + 56) + 14);
        var differences = tested.SelectMany(experiment => experiment.Pairs).Select(pair => pair.Difference).ToList();
        // The last interval of every panel fits; earlier, wider ones may be cut.
        var intervals = tested.SelectMany(experiment => experiment.Interval is var (low, high) ? (double[])[low, high] : []);
        var scale = Axis.Around([0, study.Spec.Acceptance.MinEffect, .. differences, .. intervals], 0, 1);
        foreach (var (i, experiment) in tested.Index())
        {
            var left = 50 + i % Columns * (PanelWidth + Gap);
            var top = i / Columns * (PanelHeight + Top + 56) + Top;
            Panel(drawing, study, experiment, left, scale with { From = top + PanelHeight, To = top }, i % Columns == 0);
        }

        drawing.Text(10, 12, $"champion minus change, {unit}", "faint");
        return drawing;
    }

    private static void Panel(Drawing drawing, StudyRecord study, ExperimentRecord experiment, double left, Axis y, bool first)
    {
        var right = left + PanelWidth;
        var x = new Axis(0.5, Math.Max(study.Spec.Acceptance.MaxPairs, experiment.Pairs.Count) + 0.5, left, right);
        drawing.Sign(experiment.Verdict, left + 5, y.To - 13);
        drawing.Text(left + 16, y.To - 9, PlainText.Shorten($"{experiment.Id}. {experiment.ShortName()}", 30), "strong");
        foreach (var (tick, label) in y.Ticks(4))
        {
            drawing.Line(left, y[tick], right, y[tick], "grid");
            if (first)
                drawing.Text(left - 5, y[tick] + 4, label, "end faint");
        }

        var states = Trajectory(experiment);
        Band(drawing, states, x, y);
        drawing.Line(left, y[0], right, y[0], "zero");
        if (study.Spec.Acceptance.MinEffect > 0)
            drawing.Line(left, y[study.Spec.Acceptance.MinEffect], right, y[study.Spec.Acceptance.MinEffect], "least");
        drawing.Path(states.Select((state, i) => (x[i + 1], y[y.Clamp(state.Mean)])), "mean");
        foreach (var (i, pair) in experiment.Pairs.Index())
            drawing.Circle(x[i + 1], y[pair.Difference], 3, "dot", $"pair {i + 1}: {Units.Effect(pair.Difference)}");
        if (experiment.Evidence is var (value, bar))
            EValueBar(drawing, value, bar, left, right, y.From + 22);
    }

    /// <summary>The intervals as one ribbon; where they leave the panel they are cut at its edge, and the table has the numbers.</summary>
    private static void Band(Drawing drawing, IReadOnlyList<State> states, Axis x, Axis y)
    {
        var known = states.Index().Where(state => double.IsFinite(state.Item.Low) && double.IsFinite(state.Item.High)).ToList();
        if (known.Count == 1)
            known.Add((known[0].Index, known[0].Item));
        var upper = known.Select((state, i) => (Across(state.Index, i), y[y.Clamp(state.Item.High)])).ToList();
        var lower = known.Select((state, i) => (Across(state.Index, i), y[y.Clamp(state.Item.Low)])).Reverse();
        drawing.Path([.. upper, .. lower], "band");

        double Across(int pair, int i) => x[pair + 1 + (i == 0 ? -0.25 : i == known.Count - 1 ? 0.25 : 0)];
    }

    private static void EValueBar(Drawing drawing, double value, double bar, double left, double right, double y)
    {
        var scale = new Axis(0.1, Math.Max(1000, 2 * Math.Max(bar, Math.Min(value, 1e9))), left, right, Log: true);
        drawing.Rectangle(left, y - 4, right - left, 8, "track");
        drawing.Rectangle(left, y - 4, scale[scale.Clamp(value)] - left, 8, value >= bar ? "reached" : "short");
        drawing.Line(scale[scale.Clamp(bar)], y - 8, scale[scale.Clamp(bar)], y + 8, "bar");
        drawing.Text(left, y + 22, $"e = {Units.EValue(value)}, bar {Units.EValue(bar)}{(value >= bar ? " ✓" : "")}", "faint");
    }

    /// <summary>Mean and interval after each pair; the last one as the ledger holds it.</summary>
    private static List<State> Trajectory(ExperimentRecord experiment)
    {
        var differences = experiment.Pairs.Select(pair => pair.Difference).ToList();
        return [.. differences.Select((_, i) =>
        {
            var seen = differences.GetRange(0, i + 1);
            var (low, high) = i == differences.Count - 1 && experiment.Interval is { } final ? final : ConfidenceSequence.Interval(seen);
            return new State(seen.Average(), low, high);
        })];
    }

    private readonly record struct State(double Mean, double Low, double High);
}
