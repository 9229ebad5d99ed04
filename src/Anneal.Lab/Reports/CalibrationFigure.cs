using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>What the researcher predicted against what was measured: a researcher who knows its subject lies on the diagonal.</summary>
internal static class CalibrationFigure
{
    public static Figure Of(StudyRecord study)
    {
        var unit = Units.Objective(study.Spec.Objective);
        var measured = study.Experiments.Where(experiment => experiment is { Effect: not null, Verdict: not null and not Verdict.Invalid }).ToList();
        var rows = measured.Select(experiment => (IReadOnlyList<string>)
        [
            $"{experiment.Id}", experiment.ChangeText(), Units.Effect(experiment.Proposal.Predicted.Mean), Units.Interval(Range(experiment)),
            Units.Effect(experiment.Effect), Covered(experiment) ? "yes" : "no", experiment.Pairs.Count > 0 ? "pairs" : "screening",
        ]).ToList();
        return new Figure("calibration", "Predicted against measured", Summary(measured), measured.Count == 0 ? null : Draw(measured, unit),
            "Across: the predicted effect with its 95% range. Up: the measured effect (signs as in the staircase). "
            + "On the diagonal the prediction was right. Arrows mark points beyond the scale; their numbers are in the table.",
            new Table(["experiment", "change", "predicted", "95% range", "measured", "inside", "measured by"], rows));
    }

    private static (double Low, double High) Range(ExperimentRecord experiment)
    {
        var (mean, sd) = experiment.Proposal.Predicted;
        return (mean - 1.96 * sd, mean + 1.96 * sd);
    }

    private static bool Covered(ExperimentRecord experiment) => experiment.Effect >= Range(experiment).Low && experiment.Effect <= Range(experiment).High;

    private static string Summary(List<ExperimentRecord> measured) => measured.Count == 0
        ? "Nothing has been measured yet."
        : $"{measured.Count(Covered)} of {Units.Plural(measured.Count, "measured effect")} lay inside the predicted 95% range, and "
            + $"{measured.Count(experiment => Math.Sign(experiment.Effect!.Value) == Math.Sign(experiment.Proposal.Predicted.Mean))} had the predicted sign.";

    private static Drawing Draw(List<ExperimentRecord> measured, string unit)
    {
        const double left = 150, right = 570, top = 24, foot = 364;
        var drawing = new Drawing(720, 414);
        var predicted = measured.SelectMany(experiment => (double[])[Range(experiment).Low, Range(experiment).High]).Append(0).ToList();
        var x = Axis.Around(predicted, left, right);
        var span = predicted.Max() - predicted.Min();
        var y = Axis.Around(measured.SelectMany(experiment => experiment.Interval is var (low, high) ? (double[])[experiment.Effect!.Value, low, high] : [experiment.Effect!.Value])
            .Where(effect => effect > predicted.Min() - span && effect < predicted.Max() + span).Append(0), foot, top);
        drawing.LeftAxis(y, left, right, 6, $"measured, {unit}");
        drawing.BottomAxis(x, foot, 6, $"predicted, {unit}");
        drawing.Line(x[0], top, x[0], foot, "zero");
        drawing.Line(left, y[0], right, y[0], "zero");
        var (from, to) = (Math.Max(x.Min, y.Min), Math.Min(x.Max, y.Max));
        if (to > from)
        {
            drawing.Line(x[from], y[from], x[to], y[to], "least");
            drawing.Text(x[to] + 6, y[to] + 4, "as predicted", "small");
        }

        foreach (var experiment in measured)
        {
            var effect = experiment.Effect!.Value;
            var at = x[experiment.Proposal.Predicted.Mean];
            var tip = $"{experiment.Id}. {experiment.ChangeText()}: predicted {Units.Effect(experiment.Proposal.Predicted.Mean)}, measured {Units.Effect(effect)}";
            drawing.HorizontalBar(y[y.Clamp(effect)], Range(experiment).Low, Range(experiment).High, x, "guess");
            if (experiment.Interval is var (low, high) && y.Holds(effect))
                drawing.VerticalBar(at, low, high, y, "interval");
            drawing.Sign(experiment.Verdict, at, y[y.Clamp(effect)], tip);
            drawing.Text(at + 9, y[y.Clamp(effect)] - 6, $"{experiment.Id}{(effect < y.Min ? " ↓" : effect > y.Max ? " ↑" : "")}", "small");
        }

        return drawing;
    }
}
