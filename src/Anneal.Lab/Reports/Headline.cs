using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>A study in one breath. "Inconclusive" and "nothing confirmed" are headlines like any other.</summary>
/// <param name="Verdict">The verdict sentence: effect, interval, pairs.</param>
/// <param name="Detail">What was kept, what it cost.</param>
public sealed record Headline(string Verdict, string Detail)
{
    /// <summary>The headline of a study as far as it has come.</summary>
    public static Headline Of(StudyRecord study) => new(study.Spec.Subject is null ? Sentence(study) : SubjectText.Headline(study), Cost(study));

    private static string Sentence(StudyRecord study)
    {
        var unit = Units.Objective(study.Spec.Objective);
        if (study.Sealed is { Pairs.Count: > 0 } opened)
        {
            var baseline = opened.Pairs.Average(pair => pair.Control);
            var facts = $"95% interval {Units.Interval((opened.Low, opened.High))}, {Units.Plural(opened.Pairs.Count, "pair")} of fresh seeds";
            return (opened.Low, opened.High) switch
            {
                ( > 0, _) => $"The champion beats the baseline by {opened.Effect:0.0000} {unit} ({100 * opened.Effect / baseline:0.0}%) on the sealed test split ({facts}).",
                (_, < 0) => $"The champion is worse than the baseline by {-opened.Effect:0.0000} {unit} on the sealed test split ({facts}).",
                _ => $"Inconclusive: on the sealed test split champion and baseline differ by {Units.Effect(opened.Effect)} {unit}, and the interval includes zero ({facts}).",
            };
        }

        var kept = study.Kept().ToList();
        return study.Status switch
        {
            "running" => $"Still running: {Units.Plural(study.Experiments.Count(e => e.Verdict is not null), "experiment")} judged, {kept.Count} confirmed so far; the sealed split is unopened.",
            "interrupted" => $"Interrupted: {Units.Plural(study.Experiments.Count(e => e.Verdict is not null), "experiment")} judged, {kept.Count} confirmed so far; the sealed split is unopened.",
            "failed" => "Failed before the sealed comparison; nothing is claimed.",
            _ when study.LostSeal() => $"No sealed result: {Units.Plural(kept.Count, "change")} passed the acceptance gate, but a run of the sealed comparison failed; the opening is spent.",
            _ when kept.Count == 0 => "Nothing confirmed: no change passed the acceptance gate, so the baseline stands and the sealed split stays unopened.",
            _ => $"Unsealed: {Units.Plural(kept.Count, "change")} passed the acceptance gate, and the sealed split was not opened.",
        };
    }

    private static string Cost(StudyRecord study)
    {
        var counts = Enum.GetValues<Verdict>().OrderByDescending(verdict => verdict == Evidence.Verdict.Confirmed)
            .Select(verdict => (Word: verdict.ToString().ToLowerInvariant(), Count: study.Count(verdict))).Where(entry => entry.Count > 0)
            .Select(entry => $"{entry.Count} {entry.Word}");
        var open = study.Experiments.Count(experiment => experiment.Verdict is null);
        var parts = open == 0 ? counts : counts.Append($"{open} open");
        return $"{Units.Plural(study.Experiments.Count, "experiment")}{(study.Experiments.Count == 0 ? "" : $": {string.Join(", ", parts)}")}. "
            + $"{Units.Plural(study.Runs.Count, "run")}, {(study.Spec.Subject is null ? $"{Units.Flops(study.FlopsSpent)}, " : "")}{Units.Duration(study.SecondsSpent)}.";
    }
}
