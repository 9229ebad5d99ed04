using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Proxies;

/// <summary>The sample study's baseline, found above the working directory.</summary>
internal static class ProxyBaseline
{
    /// <summary>
    /// The baseline with model, vocabulary, context and batch shrunk, so that a run of a second has some 1,300 steps and ends
    /// well below the loss of single-token frequencies (2.9 against 3.7 bits per byte). Shorter runs end on that plateau, where
    /// the moment of leaving it makes most of the noise.
    /// </summary>
    public static Recipe Reduced() => Load().With(new Dictionary<string, string>
    {
        ["model.layers"] = "2",
        ["model.width"] = "64",
        ["model.heads"] = "2",
        ["model.context"] = "64",
        ["tokenizer.vocab"] = "512",
        ["data.batch_tokens"] = "128",
        ["budget.flops"] = "1.6e11",
    });

    public static Recipe Load()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, "samples", "first-study", "baseline.yaml");
            if (File.Exists(file)) return RecipeFile.Load(file);
        }

        throw new FileNotFoundException("samples/first-study/baseline.yaml was not found above the working directory; run from inside the repository.");
    }
}
