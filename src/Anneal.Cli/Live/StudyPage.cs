using Anneal.Cli.Terminal;
using Anneal.Lab.Ledger;
using Anneal.Lab.Live;
using Anneal.Lab.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Anneal.Cli.Live;

/// <summary>The page of a running study: where it stands, what is being tried and why, the curves, what was decided lately.</summary>
internal static class StudyPage
{
    private const int Lately = 6;
    private static readonly Style Plain = Style.Plain, Dim = new(decoration: Decoration.Dim), Strong = new(decoration: Decoration.Bold);

    public static IRenderable Of(StudyBoard board, string name, string foot, int width)
    {
        List<IRenderable> lines = [Row.Of(width, (name, Strong), ($"  {board.Detail}", Plain)), Spending(board, width), .. Model(board, width), Champion(board, width), Counts(board, width), Gap];
        foreach (var trial in board.Trials)
            lines.AddRange(Trial(board, trial, width));
        lines.AddRange(board.Running.Where(run => run.Started.Experiment is not { } id || board.Trials.All(trial => trial.Number != id)).Select(run => Run(run, width)));
        if (board.Judged.Count > 0)
            lines.Add(Row.Of(width, ("Lately", Dim)));
        lines.AddRange(board.Judged.TakeLast(Lately).Reverse().Select(experiment => Judged(experiment, width)));
        lines.AddRange([Gap, Row.Of(width, (foot, Dim))]);
        return new Rows(lines);
    }

    private static Paragraph Spending(StudyBoard board, int width)
    {
        var (flops, seconds) = (board.Limits.Flops, board.Limits.Seconds);
        var share = Math.Max(flops is > 0 ? board.Flops / flops.Value : 0, seconds is > 0 ? board.Seconds / seconds.Value : 0);
        return Row.Of(width,
            ($"{Sparkline.Bar(share, 24)} ", Plain),
            (board.Flops > 0 || flops is not null ? $"{Units.Flops(board.Flops)}{(flops is { } most ? $" of {Units.Flops(most)}" : "")} · " : "", Plain),
            ($"{Units.Duration(board.Seconds)}{(seconds is { } clock ? $" of {Units.Duration(clock)}" : "")}", Dim),
            ($"{(share > 0.05 ? $", at most {Units.Duration(board.Seconds * Math.Max(0, 1 - share) / share)} left" : "")}", Dim),
            ($" · {Units.Plural(board.Finished, "run")}{(board.Incidents > 0 ? $" · {Units.Plural(board.Incidents, "incident")}" : "")}", Dim));
    }

    private static IEnumerable<Paragraph> Model(StudyBoard board, int width)
    {
        if (board.Asked is { } model)
            yield return Row.Of(width,
                ($"{model}: {Units.Dollars(board.Usd)}{(board.Limits.Usd is { } limit ? $" of {Units.Dollars(limit)}" : "")}", Plain),
                ($" · {Units.Plural(board.Calls, "call")} · {Units.Percent(board.CacheShare)} read from the cache", Dim));
        else if (board.Estimate is { } estimate)
            yield return Row.Of(width, (StudyWords.Estimate(estimate), Dim));
        if (board.Trouble is { } trouble)
            yield return Row.Of(width, (trouble, new Style(Color.Yellow)));
    }

    private static Paragraph Champion(StudyBoard board, int width)
    {
        var kept = board.Judged.Where(experiment => experiment.Adopted).ToList();
        var champion = board.Baseline is { } baseline
            ? kept.Count == 0
                ? $"champion: the baseline, {Units.Value(baseline)}"
                : $"champion: {Units.Value(baseline - board.Gained)} ({Units.Effect(board.Gained)} on the baseline): {string.Join(" + ", kept.Select(experiment => experiment.ShortName()))}"
            : "champion: the baseline, not measured yet";
        return Row.Of(width, (champion, Strong));
    }

    private static Paragraph Counts(StudyBoard board, int width)
    {
        var counts = board.Judged.GroupBy(experiment => experiment.VerdictWord()).OrderBy(group => group.Key == "confirmed" ? 0 : 1).Select(group => $"{group.Count()} {group.Key}");
        return Row.Of(width, ($"experiments: {string.Join(" · ", counts.Append($"{board.Trials.Count()} in flight"))}", Dim));
    }

    private static IEnumerable<IRenderable> Trial(StudyBoard board, TrialInFlight trial, int width)
    {
        yield return Row.Of(width, ($"{trial.Number,3}  ", Strong), (trial.Proposal.Hypothesis, Strong));
        yield return Row.Of(width, ($"     {StudyWords.Change(trial.Proposal.Change)}", Plain), ($"   predicted {Units.Effect(trial.Proposal.Predicted.Mean)} ± {trial.Proposal.Predicted.Sd:0.0000} by {trial.Proposal.Source}", Dim));
        yield return Row.Of(width, ($"     {trial.Proposal.Mechanism}", Dim));
        if (trial.State is { } state)
        {
            var share = Math.Log(Math.Max(1, state.EValue)) / Math.Log(Math.Max(2, state.Bar));
            yield return Row.Of(width,
                ($"     {Units.Plural(trial.Pairs, "pair")}: {Units.Effect(state.Effect)}, evidence ", Plain),
                ($"{Sparkline.Bar(share, 16)} e = {Units.EValue(state.EValue)} of {Units.EValue(state.Bar)}", Plain));
        }
        else if (trial.Screens.Count > 0)
            yield return Row.Of(width, ($"     screened {string.Join(", ", trial.Screens.Select(screen => $"{screen.Fraction:0.###}: {Units.Effect(screen.Control - screen.Treatment)} ({screen.Decision})"))}", Plain));
        foreach (var run in board.Running.Where(run => run.Started.Experiment == trial.Number))
            yield return Run(run, width);
        yield return Gap;
    }

    private static Paragraph Run(RunInFlight run, int width)
    {
        var curve = Math.Clamp(width - 62, 10, 48);
        return Row.Of(width,
            ($"     {PlainText.Shorten(StudyWords.Role(run.Started), 26),-26} ", Plain),
            (Sparkline.Of(run.Losses, Math.Clamp(curve * run.Step / Math.Max(1, run.Started.Steps), 1, curve)).PadRight(curve), new Style(Color.Blue)),
            ($" {(run.Losses.Count == 0 ? "starting" : run.Started.Steps > 0 && run.Step >= run.Started.Steps ? "evaluating" : $"{run.Losses[^1],6:0.000} nats, step {run.Step}{run.OfSteps}")}", Dim));
    }

    private static Paragraph Judged(ExperimentRecord experiment, int width)
    {
        return Row.Of(width,
            ($"{experiment.Id,3}  ", Plain),
            ($"{experiment.VerdictWord(),-12} ", Tables.Colour(experiment.Verdict)),
            ($"{Units.Effect(experiment.Effect),8}  ", Plain),
            (experiment.ChangeText(), Plain), ($"  {experiment.Reason}", Dim));
    }

    private static Paragraph Gap => new(" ");
}
