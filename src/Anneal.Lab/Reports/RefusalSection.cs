using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>Proposals that never became experiments, and code that tried to win without learning, by the rule that they broke; nothing where there were none.</summary>
internal static class RefusalSection
{
    public static Markup Of(StudyRecord study) => study.Refusals.Count == 0 ? Markup.Empty : Markup.Of($"""
        <h3 id="refusals">Refused</h3>
        <p>{Sentence(study)}</p>
        <div class="scroll">{TableMarkup.Of(Rows(study))}</div>
        """);

    public static string Sentence(StudyRecord study)
    {
        var rules = study.Refusals.GroupBy(refusal => refusal.Rule).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{PlainText.Clean(group.Key).Replace('_', ' ')} ({group.Count()})");
        return $"{Units.Plural(study.Refusals.Count, "refusal")}, by rule: {string.Join(", ", rules)}. None of them counts as evidence.";
    }

    public static Table Rows(StudyRecord study) => new(
        ["rule", "experiment", "proposed by", "what happened"],
        [.. study.Refusals.OrderBy(refusal => refusal.Rule, StringComparer.Ordinal).Select(refusal => (IReadOnlyList<string>)[refusal.Rule, refusal.Experiment?.ToString() ?? "–", refusal.Source, refusal.Detail])]);
}
