using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Proxies;

/// <summary>The sample study's baseline, found above the working directory.</summary>
internal static class ProxyBaseline
{
    /// <summary>
    /// The baseline with model, vocabulary, context and batch shrunk, so that a run of half a second has some 1,800 steps and
    /// ends well below the loss of single-token frequencies (3.1 against 3.7 bits per byte). The initial weights grow as the
    /// width shrinks: with GPT-2's 0.02 a quarter of such runs is still on that plateau at the end, and when a run leaves it
    /// makes nearly all of the noise.
    /// </summary>
    public static Recipe Reduced() => Load().With(new Dictionary<string, string>
    {
        ["model.layers"] = "2",
        ["model.width"] = "32",
        ["model.heads"] = "2",
        ["model.context"] = "32",
        ["tokenizer.vocab"] = "512",
        ["data.batch_tokens"] = "64",
        ["model.init_std"] = "0.06",
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
