using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>How to repeat the study, and what it ran on and with.</summary>
internal static class ReproduceSection
{
    public static Markup Of(StudyRecord study) => Markup.Of($"""
        <h2 id="reproduce">How to reproduce</h2>
        <p>{Sentence}</p>
        <pre>{Command(study)}</pre>
        <dl>{Markup.Join(study.Provenance, entry => Markup.Of($"<dt>{entry.Key}</dt><dd class=\"hash\">{entry.Value}</dd>"))}</dl>
        <p>{Openings(study)}</p>
        """);

    public const string Sentence = "Same recipe, seed and instruction set give the same bits, so a repeated study measures the same values; only times differ.";

    public static string Command(StudyRecord study) => study.Provenance.GetValueOrDefault("command") ?? $"anneal study run {study.Provenance.GetValueOrDefault("study_file") ?? study.Spec.Study}";

    public static string Openings(StudyRecord study) => study.SealedOpenings switch
    {
        0 => "No sealed split of this lab has been opened.",
        1 => "Sealed splits of this lab have been opened once.",
        var times => $"Sealed splits of this lab have been opened {times} times; each opening makes the next one weaker evidence.",
    };
}
