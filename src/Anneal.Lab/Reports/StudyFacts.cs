using Anneal.Lab.Code;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Lab.Reports;

/// <summary>What every face of a study counts in the same way.</summary>
public static class StudyFacts
{
    /// <summary>Experiments with this verdict.</summary>
    public static int Count(this StudyRecord study, Verdict verdict) => study.Experiments.Count(experiment => experiment.Verdict == verdict);

    /// <summary>Experiments that were adopted, in order.</summary>
    public static IEnumerable<ExperimentRecord> Kept(this StudyRecord study) => study.Experiments.Where(experiment => experiment.Adopted);

    /// <summary>The sealed split was opened, but a run of the comparison failed: there is no result, and the opening is spent.</summary>
    public static bool LostSeal(this StudyRecord study) =>
        study is { Sealed: null, Status: "done" } && study.Runs.Any(run => run.Role is RunRole.SealedBaseline or RunRole.SealedChampion);

    /// <summary>Mean objective of the baseline's seeds; null before the first.</summary>
    public static double? BaselineValue(this StudyRecord study) =>
        Mean(study.Runs.Where(run => run is { Role: RunRole.Baseline, Rung: 1, Value: not null }).Select(run => run.Value!.Value))
        ?? Mean(study.NullPairs.Select(pair => pair.Control));

    /// <summary>Effects of all that was adopted before this experiment, added up: where the champion stood then, against the baseline.</summary>
    public static double ChampionBefore(this StudyRecord study, int experiment) =>
        study.Kept().Where(kept => kept.Id < experiment).Sum(kept => kept.Effect ?? 0);

    /// <summary>The researcher by its honest name.</summary>
    public static string ResearcherName(this StudyRecord study) =>
        study.Researcher == "embedded" ? "embedded search (not a language model)" : PlainText.Clean(study.Researcher);

    /// <summary>What an experiment changes, on one line: <c>model.position.kind: rope, optimizer.lr: 0.004</c>, <c>schedule in C#, 13 lines</c>, <c>edit of train.py</c>.</summary>
    public static string ChangeText(this ExperimentRecord experiment) => string.Join(", ",
        experiment.Proposal.Change.Select(change => $"{change.Key}: {change.Value}").Concat(Brought(experiment.Proposal, CodeWords.Title)));

    /// <summary>A name short enough for a label: the new values and the last telling part of their keys, <c>position: rope</c>, <c>lr: 0.004</c>, <c>schedule in C#</c>.</summary>
    public static string ShortName(this ExperimentRecord experiment) => string.Join(", ",
        experiment.Proposal.Change.Select(change => $"{change.Key.Split('.').Last(part => part is not ("kind" or "0" or "1"))}: {change.Value}").Concat(Brought(experiment.Proposal, CodeWords.Kind)));

    private static IEnumerable<string> Brought(Proposal proposal, Func<ProposedCode, string> name)
    {
        if (proposal.Code is { } code) yield return name(code);
        if (proposal.Edits is { Count: > 0 } edits && proposal.Change.Count == 0) yield return $"edit of {string.Join(", ", edits.Select(edit => edit.Path).Distinct())}";
    }

    /// <summary>Lower-case word of a verdict, or the status while there is none.</summary>
    public static string VerdictWord(this ExperimentRecord experiment) => experiment.Verdict?.ToString().ToLowerInvariant() ?? experiment.Status;

    /// <summary>FLOPs, seconds and number of runs by what the runs were for, in the order of <see cref="RunRole"/>.</summary>
    public static IReadOnlyList<RoleSpending> SpendingByRole(this StudyRecord study) =>
        [.. study.Runs.GroupBy(run => Purpose(run.Role)).Select(group => new RoleSpending(group.Key, group.Count(), group.Sum(run => run.Flops), group.Sum(run => run.Seconds)))];

    /// <summary>Share of all FLOPs that went into failed runs and experiments without a fair measurement.</summary>
    public static double ShareWasted(this StudyRecord study)
    {
        var total = study.Runs.Sum(run => run.Flops);
        var invalid = study.Experiments.Where(experiment => experiment.Verdict is Verdict.Invalid).Select(experiment => experiment.Id).ToHashSet();
        return total > 0 ? study.Runs.Where(run => run.Status == "failed" || (run.Experiment is { } id && invalid.Contains(id))).Sum(run => run.Flops) / total : 0;
    }

    /// <summary>Mean, or null of nothing.</summary>
    internal static double? Mean(IEnumerable<double> values) => values.Select(value => (double?)value).Average();

    /// <summary>Standard deviation (n - 1), or null of fewer than two.</summary>
    internal static double? Deviation(IReadOnlyCollection<double> values)
    {
        if (values.Count < 2)
            return null;
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    private static string Purpose(RunRole role) => role switch
    {
        RunRole.Baseline or RunRole.Null or RunRole.Nudge => "baseline and noise",
        RunRole.ScreenControl or RunRole.Screen => "screening",
        RunRole.Control or RunRole.Treatment => "confirmation",
        RunRole.Diagnosis => "diagnosis",
        _ => "sealed comparison",
    };
}

/// <summary>What one purpose cost.</summary>
/// <param name="Purpose">Baseline and noise, diagnosis, screening, confirmation, or sealed comparison.</param>
/// <param name="Runs">Number of runs, failed ones included.</param>
/// <param name="Flops">Counted training FLOPs.</param>
/// <param name="Seconds">Wall-clock seconds of the runs, added up.</param>
public sealed record RoleSpending(string Purpose, int Runs, double Flops, double Seconds);
