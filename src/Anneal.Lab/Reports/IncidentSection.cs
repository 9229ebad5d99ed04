using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>What the monitor saw and did, with the second opinions that came after the fact beside it.</summary>
internal static class IncidentSection
{
    public static Markup Of(StudyRecord study) => Markup.Of($"""
        <h3 id="incidents">Incidents</h3>
        {(study.Incidents.Count == 0
            ? Markup.Of($"<p>The monitor raised none.</p>")
            : Markup.Of($"<div class=\"scroll\">{TableMarkup.Of(Rows(study))}</div>"))}
        {(study.Diagnoses.Count == 0 ? Markup.Empty : Markup.Of($"<p class=\"key\">{Note}</p>"))}
        """);

    public const string Note = "Second opinions come from a language model that read the evidence as data. The policy had acted before they came; they changed nothing.";

    public static Table Rows(StudyRecord study)
    {
        List<string> columns = ["experiment", "run", "step", "severity", "action", "detector", "cause", "message"];
        if (study.Diagnoses.Count > 0) columns.Add("second opinion");
        return new(columns, [.. study.Incidents.Select(incident => (IReadOnlyList<string>)
        [
            incident.Experiment?.ToString() ?? "–", incident.Run, $"{incident.Step}", incident.Severity,
            incident.Action, incident.Detector, incident.Cause, incident.Message,
            .. study.Diagnoses.Count > 0 ? [Opinion(study, incident)] : Array.Empty<string>(),
        ])]);
    }

    public static string Opinion(StudyRecord study, IncidentRecord incident) =>
        study.Diagnoses.FirstOrDefault(opinion => opinion.Run == incident.Run && opinion.Step == incident.Step && opinion.Detector == incident.Detector) is { } found
            ? $"{found.Cause} ({Units.Percent(found.Confidence)}): {found.Explanation} Advice: {found.Action ?? "nothing"}; {found.Taken} ({found.Source})"
            : "–";
}
