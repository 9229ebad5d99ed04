using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>How to repeat the study, and what it ran on and with.</summary>
internal static class ReproduceSection
{
    public static Markup Of(StudyRecord study) => Markup.Of($"""
        <h2 id="reproduce">How to reproduce</h2>
        <p>{(study.Spec.Subject is null ? Sentence : SubjectSentence)}</p>
        <pre>{Command}</pre>
        <details><summary>study.yaml</summary><pre>{StudyText.Of(study.Spec, BaselineFile)}</pre></details>
        {(study.Spec.Subject is null ? Markup.Of($"<details><summary>baseline.yaml</summary><pre>{study.Baseline}</pre></details>") : Markup.Empty)}
        <p>It ran on and with:</p>
        <dl>{Markup.Join(study.Provenance, entry => Markup.Of($"<dt>{entry.Key}</dt><dd class=\"hash\">{entry.Value}</dd>"))}</dl>
        <p>{Openings(study)}</p>
        """);

    public const string BaselineFile = "baseline.yaml";

    public const string Command = "anneal study run study.yaml --lab fresh-lab";

    public const string Sentence = "Put the two texts below beside each other as study.yaml and baseline.yaml. "
        + "The same recipe, seed and instruction set give the same bits, so a repeated study measures the same values; only times differ.";

    public const string SubjectSentence = "Put the text below beside the repository as study.yaml. The same edits on the same commit are tried in the same order "
        + "where the command prints the same values; a command that depends on time or on the machine need not.";

    public static string Openings(StudyRecord study) => study.SealedOpenings switch
    {
        0 => "No sealed split of this lab has been opened.",
        1 => "Sealed splits of this lab have been opened once.",
        var times => $"Sealed splits of this lab have been opened {times} times; each opening makes the next one weaker evidence.",
    };
}
