using Anneal.Lab.Evidence;

namespace Anneal.Lab.Research.Search;

/// <summary>A point worth an experiment.</summary>
/// <param name="Point">Where.</param>
/// <param name="Mean">Expected gain over the champion.</param>
/// <param name="Sd">Its standard deviation.</param>
/// <param name="Value">Expected useful gain, times the chance that the run succeeds.</param>
internal sealed record Suggestion(double[] Point, double Mean, double Sd, double Value);

/// <summary>
/// Model-based search: expected improvement over the champion under a <see cref="PairedProcess"/>, times the chance of a
/// successful run, over candidates near the champion and near the best points seen. A candidate moves a few knobs, none of
/// them far from the champion: where nothing is known the model's doubt is largest in the corners of the space, and a change
/// of everything at once teaches little. The region travels with the champion.
/// </summary>
/// <param name="space">The knobs.</param>
/// <param name="typicalScale">Prior guess of the sd of the objective over the space.</param>
/// <param name="useful">Least gain worth having.</param>
internal sealed class KnobSearch(KnobSpace space, double typicalScale, double useful)
{
    private const int Candidates = 320;
    private const int Refined = 4;
    private const int RefineRounds = 30;

    /// <summary>Most knobs that differ from the champion.</summary>
    private const int MostMoved = 4;

    /// <summary>Farthest a number moves from the champion, as a share of its range.</summary>
    private const double Reach = 0.35;

    private readonly MixedKernel kernel = new(space);

    /// <summary>The model of everything seen.</summary>
    public PairedProcess Model(IReadOnlyList<PairObservation> seen) => new(kernel, seen, typicalScale);

    /// <summary>The best candidate found, or null when none is allowed.</summary>
    /// <param name="seen">Everything measured.</param>
    /// <param name="attempts">Every point that was run, and whether it failed.</param>
    /// <param name="champion">The champion's point.</param>
    /// <param name="allowed">False for points that were tried before or break a rule.</param>
    /// <param name="random">Source of candidates.</param>
    public Suggestion? Suggest(IReadOnlyList<PairObservation> seen, IReadOnlyList<Attempt> attempts, double[] champion, Func<double[], bool> allowed, Random random)
    {
        if (space.Searched == 0) return null;
        var model = Model(seen);
        var feasibility = new Feasibility(kernel, attempts);
        var centres = seen.Select(o => o.Treatment).DistinctBy(p => string.Join(' ', p))
            .OrderByDescending(p => model.Predict(champion, p).Mean).Take(4).Append(champion).ToArray();

        var pool = Enumerable.Range(0, Candidates)
            .Select(i => Vary(i % 2 == 0 ? champion : Near(centres[random.Next(centres.Length)]), random))
            .Select(p => Rate(Bound(p))).OrderByDescending(s => s.Value).ToList();

        var best = new List<Suggestion>();
        foreach (var start in pool.Take(Refined))
        {
            var top = start;
            for (int i = 0; i < RefineRounds; i++)
            {
                var trial = Rate(Bound(Vary(top.Point, random)));
                if (trial.Value > top.Value && allowed(trial.Point)) top = trial;
            }

            best.Add(top);
        }

        return best.OrderByDescending(s => s.Value).Concat(pool).FirstOrDefault(s => allowed(s.Point));

        // What is not searched stays the champion's.
        double[] Near(double[] centre) => [.. centre.Take(space.Searched), .. champion.Skip(space.Searched)];

        double[] Bound(double[] point)
        {
            for (int j = 0; j < space.Searched; j++)
                if (space.Knobs[j].Type != KnobType.Choice)
                    point[j] = Math.Clamp(point[j], champion[j] - Reach, champion[j] + Reach);
            var moved = Enumerable.Range(0, space.Searched).Where(j => point[j] != champion[j]).ToList();
            while (moved.Count > MostMoved)
            {
                int back = random.Next(moved.Count);
                point[moved[back]] = champion[moved[back]];
                moved.RemoveAt(back);
            }

            return space.Snap(point);
        }

        Suggestion Rate(double[] point)
        {
            var (mean, sd) = model.Predict(champion, point);
            double z = (mean - useful) / sd;
            double improvement = sd * (z * Normal.Cdf(z) + Normal.Density(z));
            return new(point, mean, sd, improvement * feasibility.Chance(point));
        }
    }

    /// <summary>Moves a few knobs (one to all of them, few more often) by steps of varied size.</summary>
    private double[] Vary(double[] centre, Random random)
    {
        double[] point = [.. centre];
        double share = Math.Pow(random.NextDouble(), 1.5), size = 0.05 + 0.3 * random.NextDouble();
        int certain = random.Next(space.Searched);
        for (int j = 0; j < space.Searched; j++)
        {
            if (j != certain && random.NextDouble() > share) continue;
            var knob = space.Knobs[j];
            if (knob.Type == KnobType.Choice) point[j] = random.Next(knob.Values.Count);
            else point[j] = Math.Clamp(point[j] + size * Gaussian(random), 0, 1);
        }

        return point;
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
