using Anneal.Lab;
using Anneal.Lab.Research.Search;

namespace Anneal.Benchmarks.Research;

/// <summary>
/// Tree-structured Parzen estimator with Optuna's defaults: 10 random trials first, gamma = min(ceil(n / 10), 25), 24
/// candidates, one knob at a time (multivariate off), prior weight 1, magic clip, no endpoints, older trials of the worse
/// group weighted down after 25. Trials are ranked by their short-rung value, which all of them have; failed ones are left out.
/// </summary>
internal sealed class TpeSearch(KnobSpace space)
{
    private const int Startup = 10;
    private const int Candidates = 24;

    public double[] Suggest(IReadOnlyList<Trial> seen, Random random)
    {
        var complete = seen.Where(t => t.LowTreatment is not null).ToArray();
        if (complete.Length < Startup) return space.Draw(random, []);
        int below = Math.Min((int)Math.Ceiling(0.1 * complete.Length), 25);
        var better = complete.OrderBy(t => t.LowTreatment).Take(below).ToHashSet();
        var point = new double[space.Count];
        for (int j = 0; j < point.Length; j++)
        {
            double[] good = [.. complete.Where(better.Contains).Select(t => t.Point[j])];
            double[] bad = [.. complete.Where(t => !better.Contains(t)).Select(t => t.Point[j])];
            point[j] = space.Knobs[j].Type == KnobType.Choice
                ? Best(new ChoiceParzen(good, space.Knobs[j].Values.Count), new ChoiceParzen(bad, space.Knobs[j].Values.Count), random)
                : Best(new NumberParzen(good), new NumberParzen(bad), random);
        }

        return point;
    }

    private static double Best(IParzen good, IParzen bad, Random random) =>
        Enumerable.Range(0, Candidates).Select(_ => good.Sample(random)).MaxBy(x => good.LogDensity(x) - bad.LogDensity(x));
}
