using System.Text;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs;

namespace Anneal.Lab.Research.Tools;

/// <summary><c>read_curve</c> and <c>read_incidents</c>: how runs went.</summary>
internal static class RunTools
{
    private const int Points = 16;
    private const int MostIncidents = 60;

    public static Tool ReadCurve(ProposalTask task) => new(
        new ToolSpec("read_curve", "Train loss of a run over its tokens, beside the champion's at the same length. Run ids are in read_experiment and in the `runs` table of query_ledger.", ToolSchema.Object(
            ("run", ToolSchema.Text("Run id, for example `study.e03.screen.0`.", 200)))),
        (input, _) =>
        {
            var id = input.Text("run")!;
            if (task.Seen.Runs.FirstOrDefault(run => run.Id == id) is not { } run)
                return Task.FromResult(new ToolAnswer(task.Seen.Runs.Count == 0 ? "There are no runs yet." : $"There is no run `{id}`; {Near(id, task)}", IsError: true));
            return Task.FromResult(new ToolAnswer(Curve(run, Champion(run, task))));
        });

    public static Tool ReadIncidents(ProposalTask task) => new(
        new ToolSpec("read_incidents", "What the monitor saw go wrong in runs of this study: divergence, spikes, non-finite numbers, hopeless runs that were stopped.", ToolSchema.Object(
            ("experiment?", ToolSchema.Whole("Only of this experiment.", 1, 100_000)),
            ("run?", ToolSchema.Text("Only of this run.", 200)))),
        (input, _) =>
        {
            var (experiment, run) = (input.Whole("experiment"), input.Text("run"));
            var found = task.Seen.Incidents.Where(incident => (experiment is null || incident.Experiment == experiment) && (run is null || incident.Run == run)).ToList();
            if (found.Count == 0) return Task.FromResult(new ToolAnswer($"None. The study has {task.Seen.Incidents.Count} incidents in all."));
            var rows = found.TakeLast(MostIncidents).Select(i => (IEnumerable<string?>)[i.Run, $"{i.Experiment}", $"{i.Step}", i.Severity, i.Action, i.Detector, i.Cause, TextTable.Line(i.Message, 200)]);
            return Task.FromResult(new ToolAnswer(Fence.Wrap("incidents", TextTable.Of(["run", "experiment", "step", "severity", "action", "detector", "cause", "message"], rows))));
        });

    /// <summary>A run's curve in few rows, beside another's at the nearest tokens before.</summary>
    public static string Curve(RunRecord run, RunRecord? beside)
    {
        var text = new StringBuilder($"{run.Id}: {run.Role}, {run.Rung:0.##} of a full run, {run.Status}, val/bpb {TextTable.Number(run.Value)}, {run.Steps} steps, {run.Parameters} parameters\n");
        if (beside is not null) text.Append($"champion: {beside.Id}, val/bpb {TextTable.Number(beside.Value)}, {beside.Steps} steps, {beside.Parameters} parameters\n");
        var shown = Math.Min(Points, run.Curve.Count);
        text.Append(TextTable.Of(["tokens", "loss", .. beside is null ? [] : (string[])["champion"]], Enumerable.Range(1, shown).Select(i =>
        {
            var point = run.Curve[i * run.Curve.Count / shown - 1];
            var other = beside?.Curve.LastOrDefault(at => at.Tokens <= point.Tokens);
            return (IEnumerable<string?>)[$"{point.Tokens}", $"{point.Loss:0.000}", .. beside is null ? [] : (string?[])[other is { Tokens: > 0 } ? $"{other.Value.Loss:0.000}" : ""]];
        })));
        return text.ToString();
    }

    // The control of its own experiment and pair; else the newest champion's run of that length.
    private static RunRecord? Champion(RunRecord run, ProposalTask task) => run.Role switch
    {
        RunRole.Treatment => task.Seen.Runs.FirstOrDefault(other => other.Role == RunRole.Control && other.Experiment == run.Experiment && other.Pair == run.Pair),
        RunRole.Screen => task.Seen.Runs.LastOrDefault(other => other.Role == RunRole.ScreenControl && other.Rung == run.Rung),
        RunRole.Baseline or RunRole.Control or RunRole.ScreenControl => null,
        _ => task.Seen.Runs.FirstOrDefault(other => other.Role is RunRole.Baseline or RunRole.ScreenControl && other.Rung == run.Rung),
    };

    private static string Near(string id, ProposalTask task) => NearestWord.Find(id, task.Seen.Runs.Select(run => run.Id)) is { } near
        ? $"did you mean `{near}`?"
        : $"ids look like `{task.Seen.Runs[^1].Id}`; `SELECT run FROM runs` in query_ledger lists them.";
}
