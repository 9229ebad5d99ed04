using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>Everything that was tried, the failures with their reasons, and what the monitor saw.</summary>
internal static class ExperimentsSection
{
    public static Markup Of(StudyRecord study) => Markup.Of($"""
        <h2 id="experiments">All experiments</h2>
        {(study.Spec.Subject is { } subject ? Markup.Of($"<p>{SubjectText.Grade(subject)}</p>") : Markup.Empty)}
        {(study.Experiments.Count == 0 ? Markup.Of($"<p>None yet.</p>") : Rows(study))}
        <p class="key">{AcceptanceGate.BiasStatement}</p>
        {RefusalSection.Of(study)}
        {IncidentSection.Of(study)}
        """);

    private static Markup Rows(StudyRecord study) => Markup.Of($"""
        <div class="scroll"><table class="experiments"><thead><tr>
        <th class="n" scope="col">#</th><th scope="col">Hypothesis, mechanism, change</th><th scope="col">Screening</th>
        <th scope="col">Measured</th><th scope="col">Verdict and reason</th><th class="n" scope="col">Cost</th>
        </tr></thead>
        <tbody>{Markup.Join(study.Experiments, experiment => Row(study, experiment))}</tbody></table></div>
        """);

    private static Markup Row(StudyRecord study, ExperimentRecord experiment)
    {
        var proposal = experiment.Proposal;
        return Markup.Of($"""
            <tr id="experiment-{experiment.Id}"><td class="n">{experiment.Id}</td>
            <td class="what"><b>{proposal.Hypothesis}</b><small>{proposal.Mechanism}</small><small><code>{experiment.ChangeText()}</code></small>
            {(experiment.Diff() is { } diff ? Markup.Of($"<details><summary>Diff against the baseline</summary><pre>{diff}</pre></details>") : Markup.Empty)}
            {(proposal.Code is { } code ? Markup.Of($"<details><summary>The code</summary><pre>{code.Source}</pre></details>") : Markup.Empty)}
            <small>Refuted by: {proposal.Refutation}</small>
            <small>From {proposal.Source}{(proposal.InsteadOf is { } why ? $", instead of the {proposal.AskedOf}: {why}" : "")}; predicted {Units.Effect(proposal.Predicted.Mean)} ± {proposal.Predicted.Sd:0.0000}{Chance(proposal)}</small></td>
            <td>{(experiment.Screens.Count == 0 ? Markup.Of($"–") : Markup.Join(experiment.Screens, Screen))}</td>
            <td>{Measured(experiment)}</td>
            <td>{Chip(experiment)}{(experiment.Grade == EvidenceGrade.SelfReported ? Markup.Of($"<small>self_reported{(experiment.Adopted ? ", adopted" : "")}</small>") : Markup.Empty)}<small>{experiment.Reason ?? ""}</small></td>
            <td class="n">{study.CostOf(experiment.Flops, experiment.Seconds)}{(study.Spec.Subject is null ? Markup.Of($"<small>{Units.Duration(experiment.Seconds)}</small>") : Markup.Empty)}</td></tr>
            """);
    }

    public static string Chance(Research.Proposal proposal) => proposal.ConfirmProbability is { } chance ? $", with a {Units.Percent(chance)} chance of a confirmation" : "";

    private static Markup Screen(ScreenRecord screen) => Markup.Of($"""
        <div class="rung" title="{screen.Reason}">at {screen.Fraction:0.###}: {Units.Effect(screen.Control - screen.Treatment)}, <b>{screen.Decision}</b>
        <small>at 1: {Units.Effect(screen.Extrapolated)} ± {screen.ExtrapolatedSd:0.0000}</small></div>
        """);

    private static Markup Measured(ExperimentRecord experiment) => experiment.Pairs.Count == 0
        ? Markup.Of($"{(experiment.Effect is null ? "–" : $"{Units.Effect(experiment.Effect)} by screening")}")
        : Markup.Of($"""
            {Units.Effect(experiment.Effect)}<small>{Units.Interval(experiment.Interval)}</small>
            <small>{Units.Plural(experiment.Pairs.Count, "pair")}{(experiment.Evidence is var (value, bar) ? $", e = {Units.EValue(value)}, bar {Units.EValue(bar)}" : "")}</small>
            """);

    private static Markup Chip(ExperimentRecord experiment) => Markup.Of($"""
        <span class="chip {experiment.VerdictWord()}">{Sign(experiment.Verdict)} {experiment.VerdictWord()}</span>
        """);

    /// <summary>The sign of the figures as a character.</summary>
    public static string Sign(Verdict? verdict) => verdict switch
    {
        Verdict.Confirmed => "●",
        Verdict.Suggestive => "○",
        Verdict.Inconclusive => "◇",
        Verdict.Rejected => "▼",
        Verdict.Invalid => "✕",
        _ => "·",
    };
}
