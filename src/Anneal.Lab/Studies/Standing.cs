using System.Collections.Immutable;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

/// <summary>Where a study stands after its first so many verdicts: all that a later decision may depend on.</summary>
internal sealed record Standing
{
    /// <summary>Recipe to beat.</summary>
    public required Recipe Champion { get; init; }

    /// <summary>Runs of the noise and of the decided experiments, in the order of their first use.</summary>
    public required ImmutableList<RunRecord> Runs { get; init; }

    /// <summary>Decided experiments, from the first.</summary>
    public ImmutableList<ExperimentRecord> Experiments { get; init; } = [];

    /// <summary>FLOPs of the runs.</summary>
    public double Flops => Runs.Sum(run => run.Flops);

    /// <summary>Experiments that reached confirmation: the tests of the campaign.</summary>
    public int Tests => Experiments.Count(experiment => experiment.Pairs.Count > 0);

    /// <summary>Confirmed experiments.</summary>
    public int Acceptances => Experiments.Count(experiment => experiment.Verdict == Verdict.Confirmed);

    /// <summary>The next standing.</summary>
    /// <param name="experiment">The experiment, decided.</param>
    /// <param name="runs">Runs that it used; those of the champion may have been used before.</param>
    /// <param name="champion">Recipe to beat from now on.</param>
    public Standing After(ExperimentRecord experiment, IEnumerable<RunRecord> runs, Recipe champion)
    {
        var known = Runs.Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
        return new Standing { Champion = champion, Experiments = Experiments.Add(experiment), Runs = Runs.AddRange(runs.Where(run => known.Add(run.Id))) };
    }
}
