using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research.Search;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>
/// What a study's record teaches: every measured difference as a pair of points, every attempt as success or failure.
/// Besides the study's knobs, each recipe key in which the recipes seen differ is a dimension, so that the model also
/// learns from ideas and keeps apart what was measured under different champions.
/// </summary>
internal sealed class StudyMemory
{
    private readonly Recipe[] recipes;

    public StudyMemory(StudySpec spec, StudyRecord seen, Recipe champion)
    {
        Baseline = RecipeFile.Parse(seen.Baseline, "baseline");
        Experiments = [.. seen.Experiments.Where(e => e.Verdict is not null).Select(e =>
            new Remembered(e, RecipeFile.Parse(e.ControlRecipe, "control"), RecipeFile.Parse(e.TreatmentRecipe, "treatment")))];
        recipes = [champion, Baseline, .. Experiments.SelectMany(e => new[] { e.Control, e.Treatment })];
        Space = SpaceOf(spec);
        Level = LevelOf(seen);
        double sigma = PlanningNoise.Sigma(seen.NullPairs.Select(p => p.Difference));
        Noise = sigma > 0 ? sigma : 0.003 * Level;
        Useful = Math.Max(spec.Acceptance.MinEffect, Screening.Confirmable * Noise);
        Champion = Point(champion);
        Observations = [.. Experiments.SelectMany(Observe)];
        Attempts = [new(Champion, false), .. Experiments.Where(e => Failed(e) || e.Experiment.Screens.Count > 0 || e.Experiment.Pairs.Count > 0)
            .Select(e => new Attempt(Point(e.Treatment), Failed(e)))];
    }

    /// <summary>The study's starting recipe.</summary>
    public Recipe Baseline { get; }

    /// <summary>Decided experiments with their recipes.</summary>
    public IReadOnlyList<Remembered> Experiments { get; }

    /// <summary>Knobs, then the other keys in which recipes differ.</summary>
    public KnobSpace Space { get; }

    /// <summary>The objective's usual value: turns percent into its units.</summary>
    public double Level { get; }

    /// <summary>Sd of a null pair's difference.</summary>
    public double Noise { get; }

    /// <summary>Least effect worth an experiment.</summary>
    public double Useful { get; }

    /// <summary>The champion's point.</summary>
    public double[] Champion { get; }

    /// <summary>Every measured difference.</summary>
    public IReadOnlyList<PairObservation> Observations { get; }

    /// <summary>Every recipe that was run.</summary>
    public IReadOnlyList<Attempt> Attempts { get; }

    /// <summary>A recipe's point; a key's value that no recipe had before lies apart from all that did.</summary>
    public double[] Point(Recipe recipe) => [.. Space.Knobs.Select((knob, j) => Space.Encode(j, RecipeKeys.Find(knob.Key)!.Get(recipe)))];

    private KnobSpace SpaceOf(StudySpec spec)
    {
        var knobs = spec.Space.Knobs.Where(k => RecipeKeys.Find(k.Key) is not null).Select(WithValuesSeen).ToList();
        int searched = knobs.Count;
        foreach (var key in RecipeKeys.All)
        {
            if (key.Name is "seed" or "data.order_seed" || key.Name.StartsWith("budget.", StringComparison.Ordinal) || knobs.Any(k => k.Key == key.Name)) continue;
            string[] values = [.. recipes.Select(key.Get).Distinct()];
            if (values.Length > 1) knobs.Add(new Knob(key.Name, KnobType.Choice, 0, 0, false, values));
        }

        return new KnobSpace(knobs, searched);
    }

    /// <summary>A choice may also take the values that ideas brought in.</summary>
    private Knob WithValuesSeen(Knob knob) => knob.Type != KnobType.Choice
        ? knob
        : knob with { Values = [.. knob.Values.Concat(recipes.Select(RecipeKeys.Find(knob.Key)!.Get)).Distinct()] };

    private IEnumerable<PairObservation> Observe(Remembered memory)
    {
        double[] control = Point(memory.Control), treatment = Point(memory.Treatment);
        foreach (var rung in memory.Experiment.Screens)
            if (rung is { Control: { } c, Treatment: { } t })
                yield return new(control, treatment, rung.Fraction, c - t, Screening.NoiseAt(rung.Fraction, Noise));
        var pairs = memory.Experiment.Pairs;
        if (pairs.Count > 0)
            yield return new(control, treatment, 1, pairs.Average(p => p.Difference), Noise / Math.Sqrt(pairs.Count));
    }

    private static bool Failed(Remembered memory) =>
        memory.Experiment.Verdict == Verdict.Invalid || memory.Experiment.Screens.Any(s => s is { Control: not null, Treatment: null });

    private static double LevelOf(StudyRecord seen)
    {
        double[] values = [.. seen.Runs.Where(r => r is { Role: RunRole.Baseline, Value: not null }).Select(r => r.Value!.Value), .. seen.NullPairs.Select(p => p.Control)];
        return values.Length > 0 ? values.Average() : 2;
    }
}

/// <summary>A decided experiment and its resolved recipes.</summary>
internal sealed record Remembered(ExperimentRecord Experiment, Recipe Control, Recipe Treatment);
