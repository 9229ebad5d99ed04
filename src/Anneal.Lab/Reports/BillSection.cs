using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>What was paid for language models; nothing where none was asked.</summary>
internal static class BillSection
{
    public static Markup Of(StudyRecord study) => study.Calls.Calls == 0 ? Markup.Empty : Markup.Of($"""
        <h3 id="bill">Language model</h3>
        <p>{Sentence(study)}</p>
        """);

    public static string Sentence(StudyRecord study)
    {
        var calls = study.Calls;
        var failed = calls.Calls - calls.Answered - calls.Uncertain;
        return $"{Units.Plural(calls.Calls, "call")} to {PlainText.Clean(study.Researcher)}, {calls.Answered} answered{(failed > 0 ? $", {failed} failed" : "")}: "
            + $"{Units.Dollars(calls.Usd)}{(study.Spec.Budget.Usd is { } limit ? $" of {Units.Dollars(limit)}" : "")}. "
            + $"{Units.Count(calls.Input + calls.CacheRead + calls.CacheWrite, "tokens")} read ({Units.Percent(calls.CacheShare)} from the cache), {Units.Count(calls.Output, "tokens")} written."
            + (calls.Drifted == 0 ? "" : $" {Units.Plural(calls.Drifted, "recorded answer")} replied to a question that was not the recorded one: this replay drifted from its original.")
            + (calls.Uncertain == 0 ? "" : $" {Units.Plural(calls.Uncertain, "call")} lost in flight: nobody knows whether {(calls.Uncertain == 1 ? "it was" : "they were")} paid for, so {(calls.Uncertain == 1 ? "it counts" : "each counts")} at the most that it can cost.");
    }
}
