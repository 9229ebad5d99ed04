using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Proxies;

/// <summary>The sample study's baseline, found above the working directory.</summary>
internal static class ProxyBaseline
{
    /// <summary>
    /// The baseline at a tenth of its compute: model, vocabulary, context and batch shrink with it, so that a run still has
    /// some 1,400 steps and ends well below the loss of single-token frequencies (3.0 against 3.7 bits per byte).
    /// </summary>
    public static Recipe Reduced() => Load().With(new Dictionary<string, string>
    {
        ["model.layers"] = "2",
        ["model.width"] = "32",
        ["model.heads"] = "2",
        ["model.context"] = "64",
        ["tokenizer.vocab"] = "512",
        ["data.batch_tokens"] = "64",
        ["budget.flops"] = "4e10",
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
