using Anneal.Lab.Evidence;
using Anneal.Lab.Research.Search;

namespace Anneal.Benchmarks.Research;

/// <summary>The embedded researcher's knob search, fed with what its study would record.</summary>
internal static class EmbeddedSearch
{
    private const double TypicalScale = 0.05; // of log bits per byte over ranges this wide; the model corrects it

    public static double[] Suggest(KnobSpace space, double sigma, IReadOnlyList<Trial> seen, double[] champion, Random random)
    {
        var observations = new List<PairObservation>();
        var attempts = new List<Attempt> { new(champion, false) };
        var tried = new HashSet<string>();
        foreach (var trial in seen)
        {
            attempts.Add(new(trial.Point, trial.LowTreatment is null));
            tried.Add(string.Join(' ', trial.Point));
            if (trial.LowTreatment is { } treatment)
                observations.Add(new(trial.Champion, trial.Point, SurfaceKnobs.Rung, trial.LowControl - treatment, Screening.NoiseAt(SurfaceKnobs.Rung, sigma)));
            if (trial.Differences.Count > 0)
                observations.Add(new(trial.Champion, trial.Point, 1, trial.Differences.Average(), sigma / Math.Sqrt(trial.Differences.Count)));
        }

        var search = new KnobSearch(space, TypicalScale, Screening.Confirmable * sigma);
        return search.Suggest(observations, attempts, champion, p => !tried.Contains(string.Join(' ', p)), random)?.Point ?? space.Draw(random, champion);
    }
}
