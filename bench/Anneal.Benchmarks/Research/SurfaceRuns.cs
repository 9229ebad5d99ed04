using Anneal.Benchmarks.Proxies;

namespace Anneal.Benchmarks.Research;

/// <summary>A random configuration, trained at both budgets.</summary>
/// <param name="Index">From 0; names the seeds.</param>
/// <param name="Point">Coordinates on <see cref="SurfaceKnobs.Space"/>.</param>
/// <param name="Repeats">Index of the configuration that this one repeats with other seeds; null for a new one.</param>
/// <param name="Low">Bits per byte at the short rung; null where it failed.</param>
/// <param name="High">Bits per byte at the full budget; null where it failed.</param>
/// <param name="LowSpent">Share of the short run that was made before it failed, else 1.</param>
/// <param name="HighSpent">The same for the full run.</param>
internal sealed record SurfaceRow(int Index, double[] Point, int? Repeats, double? Low, double? High, double LowSpent, double HighSpent);

/// <summary>Measures and reads Data/surface-runs.jsonl.</summary>
internal static class SurfaceRuns
{
    /// <summary>Uniform configurations first, then steps away from the best of them, then repeats of the best: surfaces need detail where searches end.</summary>
    private const int Uniform = 160, Local = 140, Repeated = 40;

    public const int Wanted = Uniform + Local + Repeated;

    public static string Path => DataFile.Locate("surface-runs.jsonl");

    public static List<SurfaceRow> Read() => [.. DataFile.Read<SurfaceRow>(Path).OrderBy(r => r.Index)];

    public static void Measure(int workers)
    {
        using var corpus = ProxyCorpus.Open(ProxyBaseline.Reduced().Tokenizer.Vocab);
        var started = new HashSet<int>();
        DataFile.Measure<SurfaceRow>(Path, workers, rows =>
        {
            started.UnionWith(rows.Select(r => r.Index));
            int index = Enumerable.Range(0, Wanted + 1).First(i => !started.Contains(i));
            if (index == Wanted) return null;
            started.Add(index);
            var (point, repeats) = Choose(index, rows);
            return () => Run(corpus, index, point, repeats);
        });
    }

    private static SurfaceRow Run(ProxyCorpus corpus, int index, double[] point, int? repeats)
    {
        var recipe = SurfaceKnobs.Recipe(point);
        var low = ProxyRun.Train(corpus, recipe, SurfaceKnobs.Rung, 10_000 + index, 20_000 + index);
        var high = ProxyRun.Train(corpus, recipe, 1, 10_000 + index, 20_000 + index);
        return new(index, point, repeats, low.Bpb, high.Bpb, low.Spent, high.Spent);
    }

    private static (double[] Point, int? Repeats) Choose(int index, IReadOnlyList<SurfaceRow> rows)
    {
        var random = new Random(77_000 + index);
        var space = SurfaceKnobs.Space;
        var best = rows.Where(r => r is { High: not null, Repeats: null }).OrderBy(r => r.High).ToArray();
        if (index < Uniform || best.Length < 20) return (space.Snap(space.Draw(random, [])), null);
        if (index >= Uniform + Local)
        {
            var again = best[(index - Uniform - Local) % 20];
            return (again.Point, again.Index);
        }

        double[] point = [.. best[random.Next(20)].Point], other = best[random.Next(20)].Point;
        for (int j = 0; j < point.Length; j++)
        {
            if (random.Next(3) == 0) point[j] = other[j];
            if (random.Next(2) == 0) continue;
            point[j] = space.Knobs[j].Type == Anneal.Lab.KnobType.Choice
                ? random.Next(space.Knobs[j].Values.Count)
                : Math.Clamp(point[j] + 0.15 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) / 0.5, 0, 1);
        }

        return (space.Snap(point), null);
    }
}
