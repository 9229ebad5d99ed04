using System.Text;
using System.Text.Json.Nodes;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Reports;
using Anneal.Lab.Research.Tools;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research.Briefings;

/// <summary>
/// The compact memory with which a conversation begins: the study and what earlier ones found (fixed when the study starts),
/// this study's findings, one short block each, in order, then the question. From one proposal to the next the text before the
/// question only grows at its end, so that a provider's cache pays for what was there.
/// </summary>
internal static class StudyMemo
{
    private const int MostEarlier = 40;
    private const int MostClaim = 160;

    /// <summary>First user turn of a proposal's conversation. The last block before the question ends the cached prefix.</summary>
    /// <param name="task">What is known.</param>
    /// <param name="study">What the study is; the same in all conversations.</param>
    /// <param name="question">What this conversation is for.</param>
    public static JsonArray Blocks(ProposalTask task, string study, string question)
    {
        var blocks = new JsonArray(Text(study), Text(Earlier(task.Earlier)));
        foreach (var experiment in task.Seen.Experiments) blocks.Add(Text(Finding(experiment, task.Run)));
        blocks[^1]!["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
        blocks.Add(Text(question));
        return blocks;
    }

    /// <summary>The study: what is asked, under which rules, from where. It depends on nothing that happens after the noise is measured.</summary>
    public static string Study(ProposalTask task)
    {
        var (spec, seen) = (task.Spec, task.Seen);
        var noise = PlanningNoise.Sigma(seen.NullPairs.Select(pair => pair.Difference));
        var values = seen.NullPairs.Select(pair => pair.Control).ToList();
        var text = new StringBuilder($"# Study {spec.Study}\n");
        text.Append($"Corpus: {spec.Corpus}. Objective: {spec.Objective}; the baseline measures {TextTable.Number(values.Count == 0 ? null : values.Average())}, ");
        text.Append($"two initialisations of the same recipe differ by {noise:G3} (sd of a pair).\n");
        text.Append($"Gate: false acceptance at most {spec.Acceptance.FalseAccept}, effects below {spec.Acceptance.MinEffect} do not count, at most {spec.Acceptance.MaxPairs} pairs. Rungs: {string.Join(", ", spec.Rungs)} of a full run of {task.Run:G4} FLOPs.\n");
        text.Append($"Limits: {spec.Budget.Experiments} experiments{(spec.Budget.Flops is { } flops ? $", {TextTable.Runs(flops, task.Run)} full runs in FLOPs" : "")}. {FlopBudget.DiagnosesPerProposal} diagnoses before a proposal, each at most {FlopBudget.LongestDiagnosis(spec)} of a full run.\n");
        if (spec.Space.Knobs.Count > 0) text.Append($"Searched: {string.Join("; ", spec.Space.Knobs.Select(knob => $"{knob.Key} {RecipeTools.Range(knob)}"))}.\n");
        if (spec.Space.BarIdeas.Count > 0) text.Append($"Barred ideas: {string.Join(", ", spec.Space.BarIdeas)}.\n");
        return text.Append($"\n## Baseline recipe\n{Fence.Wrap("baseline", seen.Baseline)}\n").ToString();
    }

    /// <summary>Findings of earlier studies, the newest of them where there are many.</summary>
    public static string Earlier(IReadOnlyList<EarlierFinding> earlier)
    {
        if (earlier.Count == 0) return "# Earlier studies in this lab\nNone.\n";
        var rows = earlier.TakeLast(MostEarlier).Select(finding => (IEnumerable<string?>)
            [$"{finding.Study}/{finding.Experiment}", finding.Corpus, finding.Verdict, TextTable.Effect(finding.Effect), TextTable.Line(FindingTools.Change(finding.Change), 120)]);
        var left = earlier.Count - Math.Min(MostEarlier, earlier.Count);
        return $"# Earlier studies in this lab\n{Fence.Wrap("earlier findings", TextTable.Of(["finding", "corpus", "verdict", "effect", "change"], rows))}\n"
            + $"{(left > 0 ? $"{left} older ones are in read_findings. " : "")}Other recipes and texts: a reason to try or to avoid, not a verdict here.\n";
    }

    /// <summary>
    /// A decided experiment in a few dozen tokens: only the lab's own numbers and checked recipe values, so that it needs no fence.
    /// What a model or a person claimed follows inside one; ideas and the search are named by their source.
    /// </summary>
    /// <param name="experiment">Decided.</param>
    /// <param name="run">FLOPs of a full run.</param>
    public static string Finding(ExperimentRecord experiment, double run)
    {
        var proposal = experiment.Proposal;
        var change = Plain(proposal.Change) ? FindingTools.Change(proposal) : Fence.Wrap("change", FindingTools.Change(proposal));
        var stage = experiment switch
        {
            { Verdict: Verdict.Invalid } => "not measurable",
            { Pairs.Count: > 0 } => $"{experiment.Pairs.Count} pairs, {FindingTools.Interval(experiment.Interval)}",
            { Screens: [.., { Treatment: null }] } => "the changed run failed",
            { Screens: [.., var last] } => $"screened out at {last.Fraction:0.##}",
            _ => "not run",
        };
        var text = $"#{experiment.Id} {FindingTools.Word(experiment.Verdict)} {TextTable.Effect(experiment.Effect)} ({stage}; predicted {TextTable.Effect(proposal.Predicted.Mean)}±{proposal.Predicted.Sd:G2}; {SourceShares.Cost(experiment, run):0.##} runs; {ProposalTask.Source(proposal)}): {change}\n";
        return ProposalSource.Of(proposal) == ProposalSource.Embedded ? text : $"{text}{Fence.Wrap("claim", TextTable.Line(proposal.Hypothesis, MostClaim))}\n";
    }

    /// <summary>What this conversation is for: where the study stands, what is under way, how well the model has predicted.</summary>
    public static string Question(ProposalTask task)
    {
        var (seen, question) = (task.Seen, task.Question);
        var text = new StringBuilder($"# Proposal {question.Number}\n");
        var differences = RecipeDiff.Between(seen.Baseline, question.Champion.ToYaml());
        text.Append(differences.Count == 0 ? "The champion is the baseline.\n"
            : $"The champion differs from the baseline in {(differences.All(d => IsPlain(d.After ?? "")) ? Differences() : Fence.Wrap("champion", Differences()))}.\n");
        if (task.Spec.Budget.Flops is { } limit) text.Append($"Spent: {TextTable.Runs(seen.FlopsSpent, task.Run)} of {TextTable.Runs(limit, task.Run)} full runs.\n");
        if (question.InFlight.Count > 0)
            text.Append($"Under way, without results yet:\n{Fence.Wrap("under way", string.Join('\n', question.InFlight.Select((proposal, i) => $"#{seen.Experiments.Count + i + 1} {ProposalTask.Source(proposal)}: {FindingTools.Change(proposal)} ({TextTable.Line(proposal.Hypothesis, MostClaim)})")))}\n");
        return text.Append(Score(seen)).Append("Propose the next experiment.\n").ToString();

        string Differences() => string.Join(", ", differences.Select(d => $"{d.Key} {d.Before} -> {d.After}"));
    }

    /// <summary>How well the model has predicted so far; empty before anything is measured.</summary>
    /// <param name="seen">The record.</param>
    public static string Score(StudyRecord seen) => Calibration.Of(seen).FirstOrDefault(row => row.Source == ProposalSource.Model) is { Experiments: > 0 } score
        ? $"Your predictions so far, {score.Experiments} measured: Brier {score.Brier:0.00} (a coin has 0.25), {score.Coverage80:P0} inside your 80% interval, mean error {TextTable.Effect(score.MeanError)} (below 0 promises too much); {score.Confirmed} confirmed.\n"
        : "";

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    private static bool Plain(IReadOnlyDictionary<string, string> change) => change.All(entry => IsPlain(entry.Key) && IsPlain(entry.Value));

    // A key, a number, a word or a list of them; nothing that could be read as a sentence.
    private static bool IsPlain(string text) => text.Length <= 72 && text.Replace(", ", ",").All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+' or ':' or '[' or ']' or ',');
}
