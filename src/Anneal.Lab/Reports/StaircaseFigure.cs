using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>
/// Every experiment in order, at the height that it measured, over the champion's stairs. Heights are improvements over the baseline: what was
/// adopted before plus the experiment's own effect, so an experiment is judged against the step that it stands on.
/// </summary>
internal static class StaircaseFigure
{
    private const double Left = 62, Right = 700, Top = 48, Foot = 300;

    public static Figure Of(StudyRecord study)
    {
        var unit = Units.Objective(study.Spec.Objective);
        var points = study.Experiments.Select(experiment => Point.Of(study, experiment)).ToList();
        return new Figure("staircase", "Kept and discarded", Summary(study, unit), points.Count == 0 ? null : Draw(study, points, unit),
            "Filled circle: confirmed, the step rises. Hollow circle: suggestive. Diamond: inconclusive. Triangle: rejected. Cross: no fair measurement. Dot: still open. "
            + "Bars: 95% confidence sequence over the pairs; dashed where only screening spoke (two standard deviations). What lies below the scale stands in the lane under it with its number.",
            new Table(["experiment", "change", "verdict", "champion before", "effect", "95% interval", "from"], [.. points.Select(point => point.Row)]));
    }

    private static string Summary(StudyRecord study, string unit)
    {
        if (study.Experiments.Count == 0)
            return "No experiment has been proposed yet.";
        var kept = study.Kept().ToList();
        var failed = study.Count(Verdict.Invalid);
        return $"Of {Units.Plural(study.Experiments.Count, "experiment")} {kept.Count} {(kept.Count == 1 ? "was" : "were")} kept"
            + (kept.Count == 0 ? "" : $", which add up to {Units.Effect(kept.Sum(experiment => experiment.Effect ?? 0))} {unit} on the validation split")
            + (failed == 0 ? "; none crashed." : $"; {failed} had no fair measurement.");
    }

    private static Drawing Draw(StudyRecord study, List<Point> points, string unit)
    {
        var axis = Scale(study, points);
        var (anyBelow, anyWithout) = (points.Any(point => point.Height < axis.Min), points.Any(point => point.Height is null));
        var below = Foot + 16;
        var without = below + (anyBelow ? 34 : 0);
        var end = without + (anyWithout ? 14 : -6);
        var drawing = new Drawing(720, end + 32);
        var slots = new Axis(0.4, Math.Max(4, points.Count) + 0.6, Left, Right);
        drawing.LeftAxis(axis, Left, Right, 5, $"better than the baseline, {unit}");
        Stairs(drawing, study, axis, slots);
        foreach (var point in points)
            Mark(drawing, point, axis, slots[point.Id], below, without);
        Names(drawing, study, axis, slots);
        if (anyBelow)
            drawing.Text(Left - 6, below + 4, "below", "end faint");
        if (anyWithout)
            drawing.Text(Left - 6, without + 4, "no value", "end faint");
        drawing.Line(Left, end, Right, end, "axis");
        var every = Math.Max(1, points.Count / 24);
        foreach (var point in points.Where(point => point.Id % every == 0 || points.Count <= 24))
            drawing.Text(slots[point.Id], end + 17, $"{point.Id}", "middle faint");
        return drawing;
    }

    /// <summary>The scale holds all that was measured in pairs, and of the screened what lies less than one and a half times that span below it; the rest goes to the lane below.</summary>
    private static Axis Scale(StudyRecord study, List<Point> points)
    {
        var core = new List<double> { 0 };
        foreach (var point in points.Where(point => point is { Height: not null, Paired: true }))
            core.AddRange([point.Height!.Value, point.Low, point.High]);
        core.AddRange(study.Kept().Select(kept => study.ChampionBefore(kept.Id + 1)));
        var finite = core.Where(double.IsFinite).ToList();
        var heights = points.Where(point => point.Height is { } h && double.IsFinite(h)).Select(point => point.Height!.Value).ToList();
        var span = finite.Max() - finite.Min();
        if (span <= 0)
            span = heights.Count == 0 ? 1 : heights.Select(Math.Abs).Order().ElementAt(heights.Count / 2);
        var lowest = finite.Min() - 1.5 * span;
        finite.AddRange(heights.Where(height => height > lowest));
        return Axis.Around(finite, Foot, Top);
    }

    private static void Stairs(Drawing drawing, StudyRecord study, Axis axis, Axis slots)
    {
        var (level, x) = (0.0, slots.From);
        var stairs = new List<(double, double)> { (x, axis[level]) };
        foreach (var kept in study.Kept())
        {
            stairs.Add((slots[kept.Id], axis[level]));
            level += kept.Effect ?? 0;
            stairs.Add((slots[kept.Id], axis[level]));
        }

        stairs.Add((slots.To, axis[level]));
        drawing.Line(slots.From, axis[0], slots.To, axis[0], "zero");
        drawing.Path(stairs, "stairs");
    }

    /// <summary>Each step is named above its interval bar.</summary>
    private static void Names(Drawing drawing, StudyRecord study, Axis axis, Axis slots)
    {
        foreach (var kept in study.Kept())
        {
            var top = study.ChampionBefore(kept.Id) + Math.Max(kept.Effect ?? 0, kept.Interval?.High ?? 0);
            var (x, side) = slots[kept.Id] > 560 ? (slots[kept.Id] + 6, "end") : (slots[kept.Id] - 6, "start");
            drawing.Text(x, axis[axis.Clamp(top)] - 7, PlainText.Shorten(kept.ShortName(), 34), $"{side} strong halo");
        }
    }

    private static void Mark(Drawing drawing, Point point, Axis axis, double x, double below, double without)
    {
        if (point.Height is not { } height)
        {
            drawing.Sign(point.Verdict, x, without, point.Tip);
        }
        else if (height < axis.Min || !double.IsFinite(height))
        {
            drawing.Sign(point.Verdict, x, below, point.Tip);
            drawing.Text(x, below + 18, Units.Effect(point.Effect), "middle small");
        }
        else
        {
            drawing.VerticalBar(x, point.Low, point.High, axis, point.Paired ? "interval" : "guess");
            drawing.Sign(point.Verdict, x, axis[height], point.Tip);
        }
    }

    /// <summary>An experiment as the staircase shows it; no height without a measurement.</summary>
    private sealed record Point(int Id, Verdict? Verdict, double? Effect, double? Height, double Low, double High, bool Paired, string Tip, IReadOnlyList<string> Row)
    {
        public static Point Of(StudyRecord study, ExperimentRecord experiment)
        {
            var before = study.ChampionBefore(experiment.Id);
            var paired = experiment.Pairs.Count > 0;
            var measured = experiment.Verdict is not Evidence.Verdict.Invalid && experiment.Effect is not null;
            var sd = experiment.Screens.Count > 0 ? experiment.Screens[^1].ExtrapolatedSd : 0;
            var (low, high) = experiment.Interval ?? (experiment.Effect - 2 * sd ?? 0, experiment.Effect + 2 * sd ?? 0);
            var source = paired ? Units.Plural(experiment.Pairs.Count, "pair") : measured ? "screening" : "–";
            return new Point(experiment.Id, experiment.Verdict, experiment.Effect, measured ? before + experiment.Effect : null, before + low, before + high, paired,
                $"{experiment.Id}. {experiment.ChangeText()}: {experiment.VerdictWord()}, {Units.Effect(experiment.Effect)}",
                [$"{experiment.Id}", experiment.ChangeText(), experiment.VerdictWord(), Units.Effect(before), Units.Effect(experiment.Effect), Units.Interval(experiment.Interval), source]);
        }
    }
}
