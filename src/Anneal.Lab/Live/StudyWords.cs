using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;
using Anneal.Lab.Research;

namespace Anneal.Lab.Live;

/// <summary>A study's events in words; null for those that are only motion.</summary>
public static class StudyWords
{
    /// <summary>An event on one line.</summary>
    public static string? Of(StudyEvent happened) => happened switch
    {
        PhaseStarted phase => phase.Detail,
        CorpusProgressed corpus => $"corpus: {corpus.Message}",
        ExperimentProposed proposed => $"experiment {proposed.Experiment} proposed: {proposed.Proposal.Hypothesis} [{Change(proposed.Proposal.Change)}{Code(proposed.Proposal)}]; "
            + $"predicted {Units.Effect(proposed.Proposal.Predicted.Mean)} ± {proposed.Proposal.Predicted.Sd:0.0000} (by {proposed.Proposal.Source})",
        CostEstimated told => Estimate(told.Estimate),
        ModelCalled called => $"{called.Model} answered {called.Conversation}: {Units.Dollars(called.Usd)}, {Units.Dollars(called.SpentUsd)} in all; {Units.Percent(called.CacheHitShare)} of what it read came from the cache",
        ModelFaltered faltered => $"{faltered.Model} gave no answer in {faltered.Conversation}: {faltered.Problem}"
            + (faltered.AsksAgainIn is { } pause ? $" It is asked again in {Units.Duration(pause.TotalSeconds)}." : ""),
        ProposalAwaited awaited => awaited.Detail,
        RungScreened screened => $"experiment {screened.Experiment} screened at {screened.Screen.Fraction:0.###}: "
            + $"{Units.Effect(screened.Screen.Control - screened.Screen.Treatment)}, {screened.Screen.Decision}: {screened.Screen.Reason}",
        PairJudged judged => $"experiment {judged.Experiment} pair {judged.Pair.Index + 1}: {Units.Effect(judged.Pair.Difference)}, e = {Units.EValue(judged.State.EValue)} of {Units.EValue(judged.State.Bar)}",
        VerdictGiven verdict => Verdict(verdict.Experiment),
        ChampionChanged champion => $"experiment {champion.Experiment} is the new champion",
        IncidentSeen incident => $"incident in {incident.Incident.Run}, step {incident.Incident.Step}: {incident.Incident.Message} ({incident.Incident.Action})",
        ResearcherAbsent absent => $"experiment {absent.Experiment}: no proposal of the {absent.Source}; {absent.Reason}",
        ReplayDrifted drifted => $"{drifted.Conversation}: {Units.Plural(drifted.Answers, "answer")} of the transcript to questions that differ from the recorded ones",
        ModelUnused unused => unused.Reason,
        ProposalsEnded ended => ended.Reason,
        SealOpened opened => $"{(opened.Seal.Metric.StartsWith("test/", StringComparison.Ordinal) ? "sealed" : "final")} comparison: {Units.Effect(opened.Seal.Effect)} ({Units.Interval((opened.Seal.Low, opened.Seal.High))}), {Units.Plural(opened.Seal.Pairs.Count, "pair")}",
        BranchWritten { Problem: null } written => $"adopted edits are on branch {written.Branch} ({written.Commit[..7]})",
        BranchWritten written => $"branch {written.Branch} was left alone: {written.Problem}",
        StudyEnded ended => ended.Reason,
        _ => null,
    };

    /// <summary>What a run is for.</summary>
    public static string Role(RunStarted run) => run.Role switch
    {
        RunRole.Baseline => $"baseline, seed {run.Pair + 1}",
        RunRole.Null => $"null pair {run.Pair + 1}",
        RunRole.Nudge => $"nudge pair {run.Pair + 1}",
        RunRole.ScreenControl => $"champion at {run.Rung:0.###}",
        RunRole.Screen => $"{run.Experiment} at {run.Rung:0.###}",
        RunRole.Control => $"{run.Experiment} pair {run.Pair + 1}, champion",
        RunRole.Treatment => $"{run.Experiment} pair {run.Pair + 1}, change",
        RunRole.Diagnosis => $"look before {run.Experiment}, at {run.Rung:0.###}",
        RunRole.SealedBaseline => $"sealed {run.Pair + 1}, baseline",
        _ => $"sealed {run.Pair + 1}, champion",
    };

    /// <summary>An estimate on one line.</summary>
    public static string Estimate(StudyEstimate estimate) =>
        $"{estimate.Model} will probably cost {Units.Dollars(estimate.Likely)} for {Units.Plural(estimate.Proposals, "proposal")} ({Units.Dollars(estimate.Low)} if it is brief, {Units.Dollars(estimate.High)} if it thinks long)"
        + (estimate.Limit is { } limit ? $"; never more than {Units.Dollars(limit)}" : "");

    /// <summary>A change on one line.</summary>
    public static string Change(IReadOnlyDictionary<string, string> change) => string.Join(", ", change.Select(entry => $"{entry.Key}: {entry.Value}"));

    private static string Code(Proposal proposal) =>
        proposal.Code is { } code ? $"{(proposal.Change.Count == 0 ? "" : ", ")}{code.Kind.ToString().ToLowerInvariant()} in C#, {Units.Plural(code.Source.Split('\n').Length, "line")}" : "";

    private static string Verdict(ExperimentRecord experiment) =>
        $"experiment {experiment.Id} {experiment.VerdictWord()}"
        + (experiment.Effect is null ? "" : $": {Units.Effect(experiment.Effect)}{(experiment.Interval is null ? "" : $" ({Units.Interval(experiment.Interval)})")}")
        + (experiment.Adopted ? "; adopted" : "")
        + (experiment.Reason is { } reason ? $". {reason}" : "");
}
