using System.Text;
using Anneal.Lab.Code;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;

namespace Anneal.Lab.Research.Tools;

/// <summary><c>read_findings</c> and <c>read_experiment</c>: what was tried and what came of it, failures included.</summary>
internal static class FindingTools
{
    private const int Most = 40;

    private static readonly string[] verdicts = [.. Enum.GetNames<Verdict>().Select(name => name.ToLowerInvariant())];

    public static Tool ReadFindings(ProposalTask task) => new(
        new ToolSpec("read_findings", "Lists decided experiments of this study, newest first, and findings of earlier studies in this lab. Negative results are findings: look here before you repeat one.", ToolSchema.Object(
            ("verdict?", ToolSchema.Word("Only this verdict.", verdicts)),
            ("key?", ToolSchema.Text("Only changes that touch this recipe key, or keys that begin with it (`optimizer` or `optimizer.lr`).", 60)),
            ("limit?", ToolSchema.Whole($"Most rows; {Most} by default.", 1, 200)))),
        (input, _) =>
        {
            var (verdict, key, limit) = (input.Text("verdict"), input.Text("key"), input.Whole("limit") ?? Most);
            var own = task.Seen.Experiments.Reverse().Where(e => Word(e.Verdict) == (verdict ?? Word(e.Verdict)) && Touches(e.Proposal.Change, key)).Take(limit).ToList();
            var earlier = task.Earlier.Reverse().Where(e => e.Verdict == (verdict ?? e.Verdict) && Touches(e.Change, key)).Take(Math.Max(0, limit - own.Count)).ToList();
            if (own.Count + earlier.Count == 0)
                return Answer($"Nothing matches: {task.Seen.Experiments.Count} experiments are decided in this study, {task.Earlier.Count} are known from earlier ones.");
            var text = TextTable.Of(["study", "number", "verdict", "effect", "95% interval", "pairs", "predicted", "change", "source"], [
                .. own.Select(e => (IEnumerable<string?>)["this", $"{e.Id}", Word(e.Verdict), TextTable.Effect(e.Effect), Interval(e.Interval), $"{e.Pairs.Count}",
                    $"{TextTable.Effect(e.Proposal.Predicted.Mean)}±{TextTable.Number(e.Proposal.Predicted.Sd)}", Change(e.Proposal), ProposalTask.Source(e.Proposal)]),
                .. earlier.Select(e => (IEnumerable<string?>)[e.Study, $"{e.Experiment}", e.Verdict, TextTable.Effect(e.Effect), e is { Low: { } low, High: { } high } ? Interval((low, high)) : "", "", "", Change(e.Change), ""])]);
            return Answer(Fence.Wrap("findings", text));
        });

    public static Tool ReadExperiment(ProposalTask task) => new(
        new ToolSpec("read_experiment", "All about one decided experiment of this study: claim, change, screening, pairs, verdict and why, cost, its runs.", ToolSchema.Object(
            ("number", ToolSchema.Whole("Experiment, from 1.", 1, 100_000)))),
        (input, _) =>
        {
            var (experiment, problem) = task.Find(input.Whole("number")!.Value);
            return Answer(experiment is null ? problem : Fence.Wrap($"experiment {experiment.Id}", Describe(experiment, task)), IsError: experiment is null);
        });

    public static string Change(IReadOnlyDictionary<string, string> change) => string.Join(", ", change.Select(entry => $"{entry.Key}={entry.Value}"));

    /// <summary>All that a proposal changes, in a line: keys, code by kind and hash, edited files.</summary>
    public static string Change(Proposal proposal) => string.Join(", ", (string[])[
        .. proposal.Change.Select(entry => $"{entry.Key}={entry.Value}"),
        .. proposal.Code is { } code ? [$"code.{code.Kind.ToString().ToLowerInvariant()}={CodeCompiler.HashOf(code.Source)[..8]}"] : (string[])[],
        .. proposal.Edits is { } edits ? [$"edits of {string.Join(" ", edits.Select(edit => edit.Path))}"] : (string[])[]]);

    public static string Word(Verdict? verdict) => verdict?.ToString().ToLowerInvariant() ?? "";

    public static string Interval((double Low, double High)? interval) => interval is var (low, high) ? $"{TextTable.Effect(low)}..{TextTable.Effect(high)}" : "";

    private static string Describe(ExperimentRecord e, ProposalTask task)
    {
        var text = new StringBuilder($"source: {ProposalTask.Source(e.Proposal)}\nhypothesis: {e.Proposal.Hypothesis}\nmechanism: {e.Proposal.Mechanism}\nwould refute it: {e.Proposal.Refutation}\n");
        text.Append($"change: {Change(e.Proposal)}\npredicted: {TextTable.Effect(e.Proposal.Predicted.Mean)} sd {TextTable.Number(e.Proposal.Predicted.Sd)}\n");
        text.Append($"verdict: {Word(e.Verdict)}. {e.Reason}\neffect: {TextTable.Effect(e.Effect)} {Interval(e.Interval)}\ncost: {SourceShares.Cost(e, task.Run):0.##} full runs\n");
        foreach (var screen in e.Screens)
            text.Append($"screened at {screen.Fraction:0.##}: champion {TextTable.Number(screen.Control)}, change {TextTable.Number(screen.Treatment)}, expected in full {TextTable.Effect(screen.Extrapolated)}±{TextTable.Number(screen.ExtrapolatedSd)}: {screen.Decision}. {screen.Reason}\n");
        if (e.Pairs.Count > 0)
            text.Append(TextTable.Of(["pair", "champion", "change", "difference"], e.Pairs.Select(pair => (IEnumerable<string?>)[$"{pair.Index}", TextTable.Number(pair.Control), TextTable.Number(pair.Treatment), TextTable.Effect(pair.Difference)])));
        var runs = task.Seen.Runs.Where(run => run.Experiment == e.Id).Select(run => $"{run.Id} ({run.Status})");
        text.Append($"runs: {string.Join(", ", runs)}\n");
        if (e.Proposal.Code is { } code) text.Append($"code ({code.Kind}):\n{code.Source}\n");
        foreach (var edit in e.Proposal.Edits ?? [])
            foreach (var hunk in edit.Hunks ?? []) text.Append($"{edit.Path}: replaced\n{hunk.Search}\nby\n{hunk.Replace}\n");
        return text.ToString();
    }

    private static bool Touches(IReadOnlyDictionary<string, string> change, string? key) =>
        key is null || change.Keys.Any(name => name == key || name.StartsWith($"{key}.", StringComparison.Ordinal));

    private static Task<ToolAnswer> Answer(string text, bool IsError = false) => Task.FromResult(new ToolAnswer(text, IsError));
}
