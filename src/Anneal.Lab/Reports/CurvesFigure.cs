using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>Learning curves of champion and baseline: against compute, which was equal, and against tokens, which need not be.</summary>
internal static class CurvesFigure
{
    public static Figure Of(StudyRecord study)
    {
        var (baseline, champion) = Arms(study);
        var comparable = baseline.Count == 0 || champion.Count == 0
            || RecipeDiff.Between(baseline[0].Recipe, champion[0].Recipe).All(difference => !difference.Key.StartsWith("tokenizer.", StringComparison.Ordinal));
        var rows = baseline.Select(run => Row("baseline", run)).Concat(champion.Select(run => Row("champion", run))).ToList();
        return new Figure("curves", "Learning curves", Summary(baseline, champion, comparable), rows.Count == 0 ? null : Draw(baseline, champion),
            "Train loss in nats per token, averaged in bins. Dashed: baseline. Solid: champion. One line for each seed; both axes are logarithmic. "
            + "Losses per token compare only under one tokenizer; the verdict rests on held-out text.",
            new Table(["arm", "run", "seed", "parameters", "steps", "tokens", "FLOPs", "last train loss", "objective"], rows));
    }

    /// <summary>The sealed pairs' runs where there are any, else the baseline's seeds and the last adopted change.</summary>
    private static (List<RunRecord> Baseline, List<RunRecord> Champion) Arms(StudyRecord study)
    {
        List<RunRecord> Of(Func<RunRecord, bool> chosen) => [.. study.Runs.Where(run => chosen(run) && run is { Rung: 1, Status: "done", Curve.Count: > 1 }).Take(8)];
        var baseline = Of(run => run.Role is RunRole.SealedBaseline);
        var last = study.Kept().LastOrDefault();
        return baseline.Count > 0
            ? (baseline, Of(run => run.Role is RunRole.SealedChampion))
            : (Of(run => run.Role is RunRole.Baseline), Of(run => last is not null && run.Role is RunRole.Treatment && run.Experiment == last.Id));
    }

    private static IReadOnlyList<string> Row(string arm, RunRecord run) =>
        [arm, run.Id, $"{run.Seed}", Units.Count(run.Parameters, ""), $"{run.Steps}", Units.Count(run.Tokens, ""), Units.Flops(run.Flops), Units.Value(run.Curve[^1].Loss), Units.Value(run.Value)];

    private static string Summary(List<RunRecord> baseline, List<RunRecord> champion, bool comparable)
    {
        if (baseline.Count == 0)
            return "No finished run has left a curve yet.";
        var tokens = baseline.Average(run => run.Tokens);
        return champion.Count == 0
            ? $"The baseline ends at {baseline.Average(run => run.Curve[^1].Loss):0.000} nats per token after {Units.Count(tokens, "tokens")}; there is no champion to hold against it."
            : champion[0].Flops == 0 ? $"The champion's last train loss is {champion.Average(run => run.Curve[^1].Loss):0.000}, the baseline's {baseline.Average(run => run.Curve[^1].Loss):0.000}, as the repository prints them."
            : $"With equal compute ({Units.Flops(champion.Average(run => run.Flops))} a run) the champion reads {Units.Count(champion.Average(run => run.Tokens), "tokens")} where the baseline reads "
                + $"{Units.Count(tokens, "tokens")}"
                + (comparable
                    ? $", and ends at {champion.Average(run => run.Curve[^1].Loss):0.000} against {baseline.Average(run => run.Curve[^1].Loss):0.000} nats per token of train text."
                    : "; their tokenizers differ, so their losses per token do not compare.");
    }

    private static Drawing Draw(List<RunRecord> baseline, List<RunRecord> champion)
    {
        const double top = 34, foot = 270;
        var drawing = new Drawing(720, 322);
        var all = baseline.Concat(champion).ToList();
        var losses = all.SelectMany(run => run.Curve).Select(point => point.Loss).Where(loss => double.IsFinite(loss) && loss > 0).DefaultIfEmpty(1).ToList();
        var y = new Axis(0.97 * losses.Min(), 1.03 * losses.Max(), foot, top, Log: true);
        // What a repository computes is not counted; its curves stand over its steps alone.
        var counted = all.Exists(run => run.Flops > 0);
        if (counted) Panel("counted FLOPs", 62, 350, (run, point) => run.Flops * point.Tokens / Math.Max(1, run.Tokens), labelled: true);
        if (counted) Panel("tokens", 420, 708, (_, point) => point.Tokens, labelled: false);
        else Panel("tokens or steps, as printed", 62, 708, (_, point) => point.Tokens, labelled: true);
        return drawing;

        void Panel(string name, double left, double right, Func<RunRecord, CurvePoint, double> across, bool labelled)
        {
            var xs = all.SelectMany(run => run.Curve.Select(point => across(run, point))).Where(value => value > 0).DefaultIfEmpty(1).ToList();
            var x = new Axis(xs.Min(), xs.Max() > xs.Min() ? xs.Max() : 2 * xs.Min(), left, right, Log: true);
            drawing.LeftAxis(y, left, right, 6, labelled ? "train loss, nats per token" : "");
            drawing.BottomAxis(x, foot, 4, name);
            foreach (var (runs, style, label) in ((List<RunRecord>, string, string)[])[(baseline, "curve-baseline", "baseline"), (champion, "curve-champion", "champion")])
            {
                foreach (var run in runs)
                    drawing.Path(run.Curve.Where(point => point.Tokens > 0 && double.IsFinite(point.Loss) && point.Loss > 0).Select(point => (x[across(run, point)], y[point.Loss])), style);
                if (runs.Count == 0 || !labelled)
                    continue;
                // The baseline is named above its curve, the champion below.
                var third = runs[0].Curve[runs[0].Curve.Count / 3];
                var (aside, down, side) = label == "baseline" ? (10, -10, "strong") : (-8, 18, "end strong blue");
                drawing.Text(x[across(runs[0], third)] + aside, y[third.Loss] + down, label, side);
            }
        }
    }
}
