using System.Text.Json.Serialization;
using Anneal.Benchmarks.Proxies;
using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Evidence;

/// <summary>A real null pair: the baseline twice, same data order, two initialisations.</summary>
/// <param name="Index">From 0; names the seeds.</param>
/// <param name="First">Bits per byte of the first run.</param>
/// <param name="Second">Bits per byte of the second run.</param>
internal sealed record NullPair(int Index, double First, double Second)
{
    [JsonIgnore]
    public double Difference => First - Second;
}

/// <summary>Measures and reads Data/null-pairs.jsonl.</summary>
internal static class NullPairs
{
    public const int Wanted = 200;

    public static string Path => DataFile.Locate("null-pairs.jsonl");

    public static List<NullPair> Read() => [.. DataFile.Read<NullPair>(Path).OrderBy(p => p.Index)];

    public static void Measure(int workers)
    {
        Recipe recipe = ProxyBaseline.Reduced();
        using var corpus = ProxyCorpus.Open(recipe.Tokenizer.Vocab);
        var started = new HashSet<int>();
        DataFile.Measure<NullPair>(Path, workers, rows =>
        {
            started.UnionWith(rows.Select(r => r.Index));
            int index = Enumerable.Range(0, Wanted + 1).First(i => !started.Contains(i));
            if (index == Wanted) return null;
            started.Add(index);
            return () => new(index, Run(2L * index), Run(2L * index + 1));

            double Run(long seed) => ProxyRun.Train(corpus, recipe, 1, 1_000 + seed, 500_000 + index).Bpb
                ?? throw new InvalidOperationException($"The baseline failed with seed {1_000 + seed}: no null pair can be made of it.");
        });
    }
}
