using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>What was decided before the first run.</summary>
internal static class PlanSection
{
    public static Markup Of(StudyRecord study) => Markup.Of($"""
        <h2 id="plan">The plan, frozen before the first run</h2>
        <dl>{Markup.Join(Items(study), item => Markup.Of($"<dt>{item.Name}</dt><dd>{item.Text}</dd>"))}</dl>
        """);

    /// <summary>The plan as names and sentences, for every face.</summary>
    public static IReadOnlyList<(string Name, string Text)> Items(StudyRecord study)
    {
        var spec = study.Spec;
        var unit = Units.Objective(spec.Objective);
        var gate = spec.Acceptance;
        if (spec.Subject is not null)
            return [.. SubjectText.Plan(study), .. Common(study)];
        return
        [
            ("Objective", $"{spec.Objective}, {unit}, lower is better; effects are control minus treatment, positive is better"),
            ("Ruler", $"a separate evaluator process, {spec.Evaluation.Documents} held-out documents, window {spec.Evaluation.Window}, stride {spec.Evaluation.Stride} tokens"),
            ("Acceptance", $"anytime-valid e-process on paired differences; at most {Units.Percent(gate.FalseAccept)} chance of any false acceptance in the whole campaign; smallest effect {gate.MinEffect:0.####} {unit}"),
            ("Stopping", $"a confirmation ends at its bar, when it is hopeless, or after {Units.Plural(gate.MaxPairs, "pair")}"),
            ("Screening", $"complete, rescaled runs at {string.Join(", ", spec.Rungs.Select(rung => $"{rung:0.###}"))} of the budget, then extrapolation"),
            ("Seeds", $"study seed {spec.Seed}; both arms of a pair share initialisation and data order; every pair has fresh seeds"),
            ("Noise", $"{Units.Plural(spec.Noise.NullPairs, "null pair")}, {Units.Plural(spec.Noise.NudgePairs, "nudge pair")}, {Units.Plural(spec.Noise.SealedPairs, "sealed pair")}"),
            ("Corpus", spec.Corpus),
            .. Common(study),
        ];
    }

    private static IReadOnlyList<(string Name, string Text)> Common(StudyRecord study) =>
    [
        ("Budget", Budget(study.Spec.Budget)),
        ("Researcher", study.ResearcherName()),
        ("Plan hash", study.Provenance.GetValueOrDefault("plan") ?? PlanHash.Of(study.Spec, study.Baseline)),
    ];

    private static string Budget(StudyBudget budget) => string.Join(", ", new[]
    {
        budget.Flops is { } flops ? Units.Flops(flops) : null,
        budget.Seconds is { } seconds ? $"{Units.Duration(seconds)} by the clock" : null,
        budget.Usd is { } usd ? $"${usd:0.00}" : null,
        budget.Runs is { } runs ? Units.Plural(runs, "run") : null,
        $"at most {Units.Plural(budget.Experiments, "experiment")}",
    }.OfType<string>());
}
