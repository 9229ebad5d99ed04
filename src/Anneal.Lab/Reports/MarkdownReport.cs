using System.Text;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>The report's facts as Markdown, for a terminal or a pull request.</summary>
public static class MarkdownReport
{
    /// <summary>The document.</summary>
    /// <param name="study">The study as the ledger holds it; it need not be finished.</param>
    public static string Render(StudyRecord study)
    {
        var headline = Headline.Of(study);
        var page = new StringBuilder();
        page.Append($"# {Escape(study.Spec.Study)}\n\n**{Escape(headline.Verdict)}**\n\n{Escape(headline.Detail)}\n\nResearcher: {Escape(study.ResearcherName())}.\n");

        page.Append("\n## The plan, frozen before the first run\n\n");
        foreach (var (name, text) in PlanSection.Items(study))
            page.Append($"- {name}: {Escape(text)}\n");

        Figure[] figures = [SealedFigure.Of(study), StaircaseFigure.Of(study), PairsFigure.Of(study), NoiseFigure.Of(study), CalibrationFigure.Of(study), CurvesFigure.Of(study)];
        foreach (var figure in figures)
        {
            page.Append($"\n## {figure.Title}\n\n{Escape(figure.Summary)}\n");
            Append(page, figure.Table);
        }

        if (study.Experiments.Count > 0)
        {
            page.Append($"\n## Who proposed\n\n{Escape(ResearcherSection.Sentence(study))}\n");
            Append(page, ResearcherSection.Scores(study));
            page.Append($"\n{ResearcherSection.Key}\n");
        }

        page.Append($"\n## All experiments\n\n{AcceptanceGate.BiasStatement}\n");
        if (study.Spec.Subject is { } subject)
            page.Append($"\n{SubjectText.Grade(subject)}\n");
        foreach (var experiment in study.Experiments)
            Append(page, experiment);

        if (study.Incidents.Count > 0)
        {
            page.Append("\n## Incidents\n\n");
            foreach (var incident in study.Incidents)
            {
                var experiment = incident.Experiment is { } id ? $" (experiment {id})" : "";
                var seen = $"{Escape(incident.Detector)}, {Escape(incident.Cause)}; {Escape(incident.Severity)}, {Escape(incident.Action)}";
                page.Append($"- {Escape(incident.Run)}{experiment}, step {incident.Step}: {Escape(incident.Message)} ({seen})\n");
                if (IncidentSection.Opinion(study, incident) is { Length: > 1 } opinion)
                    page.Append($"  - second opinion: {Escape(opinion)}\n");
            }
        }

        if (study.Refusals.Count > 0)
        {
            page.Append($"\n## Refused\n\n{Escape(RefusalSection.Sentence(study))}\n");
            Append(page, RefusalSection.Rows(study));
        }

        page.Append($"\n## Compute\n\n{Escape(AccountSection.Sentence(study))}\n");
        Append(page, AccountSection.Spending(study));
        if (study.Calls.Calls > 0)
            page.Append($"\n{Escape(BillSection.Sentence(study))}\n");

        if (study.Spec.Subject is null)
            AppendRecipes(page, study);
        else if (study.Branch() is { } branch)
            page.Append($"\n## Adopted edits\n\nBranch {Escape(branch)}, commit {study.ChampionCommit()}:\n\n{Indent(study.ChampionDiff())}");
        else
            page.Append("\n## Adopted edits\n\nThe champion is the baseline.\n");

        page.Append($"\n## How to reproduce\n\n{(study.Spec.Subject is null ? ReproduceSection.Sentence : ReproduceSection.SubjectSentence)}\n\n{Indent(ReproduceSection.Command)}\n");
        page.Append($"study.yaml:\n\n{Indent(StudyText.Of(study.Spec, ReproduceSection.BaselineFile))}\n{(study.Spec.Subject is null ? $"baseline.yaml:\n\n{Indent(study.Baseline)}" : "")}\nIt ran on and with:\n\n");
        foreach (var (key, value) in study.Provenance)
            page.Append($"- {Escape(key)}: {Escape(value)}\n");
        page.Append($"\n{ReproduceSection.Openings(study)}\n");
        return page.ToString();
    }

    private static void AppendRecipes(StringBuilder page, StudyRecord study)
    {
        page.Append("\n## Recipes\n");
        var differences = RecipeDiff.Between(study.Baseline, study.Champion);
        if (differences.Count == 0)
            page.Append("\nThe champion is the baseline.\n");
        Append(page, RecipesSection.Differences(differences));
        page.Append($"\nThe champion in full:\n\n{Indent(study.Champion)}");
    }

    private static void Append(StringBuilder page, ExperimentRecord experiment)
    {
        var proposal = experiment.Proposal;
        page.Append($"\n### {experiment.Id}. {Escape(proposal.Hypothesis)}\n\n");
        page.Append($"**{experiment.VerdictWord()}**{(experiment.Reason is { } reason ? $": {Escape(reason)}" : "")}\n\n");
        page.Append($"- change: {Escape(experiment.ChangeText())}\n- mechanism: {Escape(proposal.Mechanism)}\n- refuted by: {Escape(proposal.Refutation)}\n");
        page.Append($"- predicted {Units.Effect(proposal.Predicted.Mean)} ± {proposal.Predicted.Sd:0.0000}{ExperimentsSection.Chance(proposal)} (from {Escape(proposal.Source)}), measured {Units.Effect(experiment.Effect)}");
        var evidence = experiment.Evidence is var (value, bar) ? $", e = {Units.EValue(value)} against {Units.EValue(bar)}" : "";
        page.Append(experiment.Pairs.Count == 0 ? "\n" : $" ({Units.Interval(experiment.Interval)}, {Units.Plural(experiment.Pairs.Count, "pair")}{evidence})\n");
        foreach (var screen in experiment.Screens)
            page.Append($"- screening at {screen.Fraction:0.###}: {Units.Effect(screen.Control - screen.Treatment)}, {Escape(screen.Decision)}: {Escape(screen.Reason)}\n");
        page.Append($"- cost: {(experiment.Proposal.Edits is not null ? "" : $"{Units.Flops(experiment.Flops)}, ")}{Units.Duration(experiment.Seconds)}\n");
        if (experiment.Grade == EvidenceGrade.SelfReported)
            page.Append($"- grade: self_reported{(experiment.Adopted ? ", adopted" : "")}\n");
        if (proposal.InsteadOf is { } why)
            page.Append($"- instead of the {Escape(proposal.AskedOf ?? "")}: {Escape(why)}\n");
        if (experiment.Diff() is { } diff)
            page.Append($"\n{Indent(diff)}");
        if (proposal.Code is { } code)
            page.Append($"\n{Escape(CodeWords.Title(code))}:\n\n{Indent(code.Source)}");
    }

    private static void Append(StringBuilder page, Table table)
    {
        if (table.Rows.Count == 0)
            return;
        page.Append($"\n| {string.Join(" | ", table.Columns)} |\n|{string.Concat(table.Columns.Select(_ => " --- |"))}\n");
        foreach (var row in table.Rows)
            page.Append($"| {string.Join(" | ", row.Select(Escape))} |\n");
    }

    /// <summary>Foreign text on one line with every character that Markdown or HTML would act on escaped.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in PlainText.Clean(text))
            escaped.Append(c switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '\\' or '`' or '*' or '[' or ']' or '|' or '#' or '~' => $"\\{c}", _ => $"{c}" });
        return escaped.ToString();
    }

    /// <summary>An indented code block: no fence that text inside could close.</summary>
    private static string Indent(string text) =>
        string.Concat(PlainText.Clean(text, lines: true).TrimEnd('\n').Split('\n').Select(line => $"    {line}".TrimEnd() + "\n"));
}
