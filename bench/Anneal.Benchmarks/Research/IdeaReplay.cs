using Anneal.Lab;
using Anneal.Lab.Research.Ideas;
using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Research;

/// <summary>
/// The known ideas on the surface under its own names, from the reduced baseline: what a list of known wins is worth where it
/// applies. No part of the comparison with other searches.
/// </summary>
internal static class IdeaReplay
{
    public static BenchmarkRow Measure(ResponseSurface surface)
    {
        var space = SurfaceKnobs.Space;
        double[] start = [.. space.Knobs.Select((k, j) => space.Encode(j, RecipeKeys.Find(k.Key)!.Get(Proxies.ProxyBaseline.Reduced())))];
        var spec = new StudySpec { Study = "replay", Recipe = "" };
        var left = new Queue<Idea>(IdeaLibrary.All.OrderByDescending(i => i.Probability * i.GainPercent));
        var outcome = SearchCampaign.Run(surface.Low, surface.High, surface.Fails, surface.LowSd, surface.HighSd, start, double.NegativeInfinity, Next, 42);
        return BenchmarkRow.Of("known ideas replayed from the baseline: gain", 100 * (1 - Math.Exp(surface.High(outcome.Champion) - surface.High(start))), "% of bpb",
            $"the {IdeaLibrary.All.Count} ideas in order of prior value, those that are about these knobs; {outcome.Spent:F1} full runs; reported apart");

        double[]? Next(IReadOnlyList<Trial> seen, double[] champion, Random random)
        {
            while (left.TryDequeue(out var idea))
                if (idea.Change(SurfaceKnobs.Recipe(champion), spec) is { } change && Move(champion, change) is { } point) return point;
            return null;
        }

        // Null when the change is about other settings, or leaves the measured range.
        double[]? Move(double[] champion, IReadOnlyDictionary<string, string> change)
        {
            double[] point = [.. champion];
            foreach (var (key, value) in change)
            {
                int j = Enumerable.Range(0, space.Count).FirstOrDefault(i => space.Knobs[i].Key == key, -1);
                if (j < 0 || space.Encode(j, value) is < 0 or > 1 && space.Knobs[j].Type != KnobType.Choice) return null;
                point[j] = space.Encode(j, value);
                if (point[j] < 0) return null;
            }

            return point;
        }
    }
}
