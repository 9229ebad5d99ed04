using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab.Code;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Lab.Reports;

/// <summary>
/// The document that <c>study run|resume|report --json</c> prints. Effects are control minus treatment (sealed: baseline minus champion):
/// positive is better. Keys may be added, never renamed.
/// </summary>
public static class JsonReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document, indented.</summary>
    /// <param name="study">The study.</param>
    /// <param name="lab">Its lab's directory.</param>
    /// <param name="report">Path of the HTML report; null when none was written.</param>
    public static string Render(StudyRecord study, string lab, string? report) => new JsonObject
    {
        ["study"] = study.Spec.Study,
        ["lab"] = lab,
        ["status"] = study.Status,
        ["researcher"] = study.Researcher,
        ["objective"] = study.Spec.Objective,
        ["experiments"] = new JsonArray([.. study.Experiments.Select(Experiment)]),
        ["champion"] = new JsonObject { ["recipe"] = study.Champion, ["sealed"] = Sealed(study.Sealed) },
        ["subject"] = Subject(study),
        ["budget"] = new JsonObject
        {
            ["flops"] = Budget(study.Spec.Budget.Flops, study.FlopsSpent),
            ["seconds"] = Budget(study.Spec.Budget.Seconds, study.SecondsSpent),
            ["usd"] = Budget(study.Spec.Budget.Usd, study.UsdSpent),
        },
        ["calls"] = Calls(study.Calls),
        ["sources"] = new JsonArray([.. Calibration.Of(study).Select(Source)]),
        ["refusals"] = new JsonArray([.. study.Refusals.Select(refusal => new JsonObject { ["rule"] = refusal.Rule, ["experiment"] = refusal.Experiment, ["source"] = refusal.Source, ["detail"] = refusal.Detail })]),
        ["incidents"] = new JsonArray([.. study.Incidents.Select(incident => Incident(study, incident))]),
        ["report"] = report,
    }.ToJsonString(Indented);

    private static JsonObject? Subject(StudyRecord study) => study.Spec.Subject is not { } subject ? null : new()
    {
        ["path"] = subject.Path,
        ["command"] = subject.Command,
        ["metric"] = subject.Measure,
        ["grade"] = subject.Measured ? "measured" : "self_reported",
        ["branch"] = study.Branch(),
        ["commit"] = study.ChampionCommit(),
        ["diff"] = study.ChampionDiff(),
    };

    /// <summary>One experiment.</summary>
    /// <param name="experiment">As the ledger holds it.</param>
    public static JsonObject Experiment(ExperimentRecord experiment) => new()
    {
        ["id"] = experiment.Id,
        ["hypothesis"] = experiment.Proposal.Hypothesis,
        ["mechanism"] = experiment.Proposal.Mechanism,
        ["source"] = experiment.Proposal.Source,
        ["instead_of"] = experiment.Proposal.InsteadOf,
        ["change"] = new JsonObject(experiment.Proposal.Change.Select(change => KeyValuePair.Create(change.Key, (JsonNode?)change.Value))),
        ["code"] = experiment.Proposal.Code is { } code ? new JsonObject { ["kind"] = code.Kind.ToString().ToLowerInvariant(), ["sha256"] = CodeCompiler.HashOf(code.Source) } : null,
        ["predicted_effect"] = Number(experiment.Proposal.Predicted.Mean),
        ["predicted_sd"] = Number(experiment.Proposal.Predicted.Sd),
        ["confirm_probability"] = Number(experiment.Proposal.ConfirmProbability),
        ["status"] = experiment.Status,
        ["grade"] = experiment.Grade == EvidenceGrade.SelfReported ? "self_reported" : "measured",
        ["adopted"] = experiment.Adopted,
        ["verdict"] = experiment.Verdict?.ToString().ToLowerInvariant(),
        ["effect"] = Number(experiment.Effect),
        ["ci"] = Interval(experiment.Interval),
        ["pairs"] = experiment.Pairs.Count,
        ["flops"] = Number(experiment.Flops),
        ["seconds"] = Number(experiment.Seconds),
        ["reason"] = experiment.Reason,
        ["diff"] = experiment.Diff(),
    };

    private static JsonObject Calls(CallSummary calls) => new()
    {
        ["calls"] = calls.Calls,
        ["answered"] = calls.Answered,
        ["uncertain"] = calls.Uncertain,
        ["drifted"] = calls.Drifted,
        ["input"] = calls.Input,
        ["output"] = calls.Output,
        ["cache_read"] = calls.CacheRead,
        ["cache_write"] = calls.CacheWrite,
        ["cache_share"] = calls.CacheShare,
    };

    private static JsonObject Source(CalibrationRow row) => new()
    {
        ["source"] = row.Source,
        ["experiments"] = row.Experiments,
        ["confirmed"] = row.Confirmed,
        ["flops"] = row.Flops,
        ["brier"] = Number(row.Brier),
        ["brier_confirmed"] = Number(row.BrierConfirmed),
        ["coverage"] = new JsonObject { ["50"] = Number(row.Coverage50), ["80"] = Number(row.Coverage80), ["95"] = Number(row.Coverage95) },
        ["mean_error"] = Number(row.MeanError),
    };

    private static JsonObject Incident(StudyRecord study, IncidentRecord incident)
    {
        var opinion = study.Diagnoses.FirstOrDefault(found => found.Run == incident.Run && found.Step == incident.Step && found.Detector == incident.Detector);
        return new()
        {
            ["run"] = incident.Run,
            ["experiment"] = incident.Experiment,
            ["step"] = incident.Step,
            ["action"] = incident.Action,
            ["detector"] = incident.Detector,
            ["cause"] = incident.Cause,
            ["message"] = incident.Message,
            ["second_opinion"] = opinion is null ? null : new JsonObject { ["source"] = opinion.Source, ["cause"] = opinion.Cause, ["confidence"] = opinion.Confidence, ["action"] = opinion.Action, ["explanation"] = opinion.Explanation, ["taken"] = opinion.Taken },
        };
    }

    private static JsonObject? Sealed(SealedRecord? opened) => opened is not { Pairs.Count: > 0 } ? null : new()
    {
        ["metric"] = opened.Metric,
        ["baseline"] = Number(opened.Pairs.Average(pair => pair.Control)),
        ["champion"] = Number(opened.Pairs.Average(pair => pair.Treatment)),
        ["effect"] = Number(opened.Effect),
        ["ci"] = Interval((opened.Low, opened.High)),
        ["pairs"] = opened.Pairs.Count,
    };

    private static JsonObject Budget(double? limit, double spent) => new() { ["limit"] = limit, ["spent"] = spent };

    private static JsonArray? Interval((double Low, double High)? interval) =>
        interval is var (low, high) ? new JsonArray(Number(low), Number(high)) : null;

    /// <summary>JSON has no infinity: an end that is not finite is null.</summary>
    private static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;
}
