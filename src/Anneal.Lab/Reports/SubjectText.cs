using Anneal.Lab.Ledger;
using Anneal.Lab.Subjects;

namespace Anneal.Lab.Reports;

/// <summary>What reports say of the study of a repository, where it differs from a study of our own trainer.</summary>
public static class SubjectText
{
    /// <summary>Said beside every result of a subject that measures itself.</summary>
    public const string SelfReported = "Every number is the repository's own: it was printed by the code that was edited, and the lab can only read it. "
        + "The gate is the same as for measured values, but what passes it is graded self_reported and called suggestive at most.";

    /// <summary>Said beside every result of a subject that the lab measures.</summary>
    public const string Measured = "Every number was measured by the lab: the repository's code was asked for logits on held-out text that it never saw, and probed for foul play. "
        + "What the command printed is not believed.";

    /// <summary>Whose word the numbers are.</summary>
    /// <param name="subject">The subject.</param>
    internal static string Grade(SubjectSpec subject) => subject.Measured ? Measured : SelfReported;

    /// <summary>Branch that the adopted edits become; null where none was adopted, or for our own trainer.</summary>
    /// <param name="study">The study.</param>
    public static string? Branch(this StudyRecord study) => study.Spec.Subject is not null && study.Kept().Any() ? SubjectBranch.Of(study.Spec.Study) : null;

    /// <summary>Commit of the champion; null for our own trainer.</summary>
    /// <param name="study">The study.</param>
    public static string? ChampionCommit(this StudyRecord study) => study.Spec.Subject is null ? null : Revision.Parse(study.Champion).Commit;

    /// <summary>Unified diff from the baseline to the champion; empty where the baseline stands, or for our own trainer.</summary>
    /// <param name="study">The study.</param>
    public static string ChampionDiff(this StudyRecord study) => study.Spec.Subject is null ? "" : Revision.Parse(study.Champion).Diff;

    /// <summary>Unified diff of an experiment's edited champion against the study's baseline; null for our own trainer or an edit that could not be applied.</summary>
    /// <param name="experiment">The experiment.</param>
    public static string? Diff(this ExperimentRecord experiment) =>
        experiment.Proposal.Edits is null || experiment.TreatmentRecipe == experiment.ControlRecipe ? null : Revision.Parse(experiment.TreatmentRecipe).Diff;

    /// <summary>What an experiment or a study cost: FLOPs where they are counted, else time.</summary>
    /// <param name="study">The study.</param>
    /// <param name="flops">Counted FLOPs.</param>
    /// <param name="seconds">Seconds of its runs.</param>
    public static string CostOf(this StudyRecord study, double flops, double seconds) => study.Spec.Subject is null ? Units.Flops(flops) : Units.Duration(seconds);

    internal static string Headline(StudyRecord study)
    {
        var unit = Units.Objective(study.Spec.Objective);
        var kept = study.Kept().Count();
        if (study.Sealed is { Pairs.Count: > 0 } compared)
        {
            var facts = $"95% interval {Units.Interval((compared.Low, compared.High))}, {Units.Plural(compared.Pairs.Count, "pair")} of fresh seeds, {Word(study)}";
            var where = $"{Units.Plural(kept, "edit")} on branch {study.Branch()}";
            return (compared.Low, compared.High) switch
            {
                ( > 0, _) => $"{(study.Spec.Subject!.Measured ? "Confirmed" : "Suggestive")}: {where} {(kept == 1 ? "improves" : "improve")} the repository by {compared.Effect:0.0000} {unit} ({facts}).",
                (_, < 0) => $"{where} {(kept == 1 ? "makes" : "make")} the repository worse by {-compared.Effect:0.0000} {unit} ({facts}).",
                _ => $"Inconclusive: with {where} the repository differs by {Units.Effect(compared.Effect)} {unit} from the baseline, and the interval includes zero ({facts}).",
            };
        }
        var judged = $"{Units.Plural(study.Experiments.Count(experiment => experiment.Verdict is not null), "experiment")} judged, {Units.Plural(kept, "edit")} adopted so far";
        return study.Status switch
        {
            "running" => $"Still running: {judged}.",
            "interrupted" => $"Interrupted: {judged}.",
            "failed" => "Failed before the final comparison; nothing is claimed.",
            _ when kept == 0 => "Nothing found: no edit passed the acceptance gate, so the baseline stands and the repository is as it was.",
            _ => $"No final result: {Units.Plural(kept, "edit")} passed the acceptance gate, but a run of the final comparison failed.",
        };
    }

    private static string Word(StudyRecord study) => study.Spec.Subject!.Measured ? "measured on the test split" : "self-reported";

    internal static string Comparison(StudyRecord study, string unit) => study.Sealed is not { Pairs: { Count: > 0 } pairs } compared
        ? study.LostSeal() ? "A run of the final comparison failed, so there is no result." : "Baseline and champion have not been compared; that happens at the end, when an edit was adopted."
        : $"Over fresh seeds the champion was better in {pairs.Count(pair => pair.Difference > 0)} of {Units.Plural(pairs.Count, "pair")}, "
            + $"by {Units.Effect(compared.Effect)} {unit} on average (95% interval {Units.Interval((compared.Low, compared.High))}). {(study.Spec.Subject!.Measured ? "Measured by the lab on the test split." : "Self-reported.")}";

    internal static IReadOnlyList<(string Name, string Text)> Plan(StudyRecord study)
    {
        var (spec, subject, gate) = (study.Spec, study.Spec.Subject!, study.Spec.Acceptance);
        return
        [
            ("Repository", $"{subject.Path}, from commit {Revision.Parse(study.Baseline).Commit}"),
            ("Command", subject.Command),
            ("Editable", string.Join(", ", subject.Edit)),
            ("Objective", $"{subject.Measure}, {(subject.Goal == SubjectGoal.Minimise ? "lower" : "higher")} is better; effects are control minus treatment of {spec.Objective}, positive is better"),
            ("Ruler", subject.Measured
                ? $"the lab's evaluator: logits of `{subject.Logits}` on {Units.Plural(spec.Evaluation.Documents, "held-out document")} of {spec.Corpus}, windows of {spec.Evaluation.Window} tokens by {spec.Evaluation.Stride}"
                : "the repository's own summary line, read by the lab; self_reported"),
            ("Acceptance", $"anytime-valid e-process on paired differences; at most {Units.Percent(gate.FalseAccept)} chance of any false acceptance in the whole campaign; smallest effect {gate.MinEffect:0.####}"),
            ("Stopping", $"a confirmation ends at its bar, when it is hopeless, or after {Units.Plural(gate.MaxPairs, "pair")}"),
            ("Screening", subject.Rungs.Count == 0 ? "none" : $"runs at {string.Join(", ", subject.Rungs.Select(rung => $"{rung:0.###}"))} of the budget, then extrapolation"),
            ("Seeds", $"study seed {spec.Seed}; both arms of a pair share ANNEAL_SEED; every pair has a fresh one, and the arms take turns in going first"),
            ("Noise", $"{Units.Plural(spec.Noise.NullPairs, "null pair")}, {Units.Plural(spec.Noise.SealedPairs, "pair")} of baseline and champion at the end"),
            ("Run", $"meant to take {Units.Duration(subject.Budget)}, killed at twice as many; sandbox: {study.Provenance.GetValueOrDefault("sandbox", "unknown")}"),
        ];
    }
}
