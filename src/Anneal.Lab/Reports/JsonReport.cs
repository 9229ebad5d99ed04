using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab.Ledger;

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
        ["report"] = report,
    }.ToJsonString(Indented);

    private static JsonObject? Subject(StudyRecord study) => study.Spec.Subject is not { } subject ? null : new()
    {
        ["path"] = subject.Path,
        ["command"] = subject.Command,
        ["metric"] = subject.Metric,
        ["grade"] = "self_reported",
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
        ["change"] = new JsonObject(experiment.Proposal.Change.Select(change => KeyValuePair.Create(change.Key, (JsonNode?)change.Value))),
        ["predicted_effect"] = Number(experiment.Proposal.Predicted.Mean),
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
