using System.Text.Json.Nodes;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>The document that <c>study list --json</c> prints.</summary>
public static class StudyListDocument
{
    /// <summary>The document.</summary>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="studies">Oldest first.</param>
    public static JsonObject Of(string lab, IEnumerable<StudyRecord> studies) => new()
    {
        ["lab"] = Path.GetFullPath(lab),
        ["studies"] = new JsonArray([.. studies.Select(study => new JsonObject
        {
            ["study"] = study.Spec.Study,
            ["status"] = study.Status,
            ["researcher"] = study.Researcher,
            ["experiments"] = study.Experiments.Count,
            ["confirmed"] = study.Count(Verdict.Confirmed),
            ["effect"] = study.Sealed?.Effect,
            ["flops"] = study.FlopsSpent,
            ["seconds"] = study.SecondsSpent,
            ["usd"] = study.UsdSpent,
        })]),
    };
}
