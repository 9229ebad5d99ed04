using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Engine;

/// <summary>Whole training steps: forward, backward, clip, AdamW.</summary>
internal static class TrainingRows
{
    private const double Goal = 0.45;

    /// <summary>12.3 million parameters, the customary size for comparisons on a processor.</summary>
    private static TrainerOptions Gpt2 => new()
    {
        Model = new ModelConfig { Layers = 6, Width = 384, Heads = 6, Context = 256 },
        Vocab = 4096,
        BatchTokens = 12 * 256,
        Steps = 1000,
        Threads = Math.Min(2, Environment.ProcessorCount),
    };

    public static IEnumerable<BenchmarkRow> Measure(double peak)
    {
        using (var run = new SyntheticRun(Gpt2))
        {
            using TorchPeer? torch = TorchPeer.Start(Gpt2, out string whyNot);
            run.Step();
            torch?.Step();
            var ours = new List<double>();
            var theirs = new List<double>();
            for (int i = 0; i < 7; i++)
            {
                ours.Add(run.Step());
                if (torch is not null) theirs.Add(torch.Step());
            }

            yield return Utilisation("training step, GPT-2 of 12.3M parameters", run, Median(ours), peak);
            yield return torch is null
                ? BenchmarkRow.Skipped("PyTorch's time for the same step", "x ours", whyNot)
                : BenchmarkRow.AtLeast(
                    "PyTorch's time for the same step", Median(theirs) / Median(ours), "x ours", 1,
                    $"torch {torch.Version}, {torch.Parameters} parameters, {Gpt2.Threads} threads: {Median(theirs) * 1e3:F0} ms against {Median(ours) * 1e3:F0} ms, medians of 7, interleaved");
            yield return Allocation("managed memory of a step, 12.3M", run);
        }

        if (FindSample() is not { } path)
        {
            yield return BenchmarkRow.Skipped("training step, the sample study's model", "of the FMA peak", "samples/first-study/baseline.yaml is not in a parent folder");
            yield break;
        }

        using (var run = new SyntheticRun(OptionsOf(RecipeFile.Load(path))))
        {
            var seconds = new List<double>();
            for (int i = 0; i < 100; i++) seconds.Add(run.Step());
            yield return Utilisation("training step, the sample study's model", run, Median(seconds), peak);
            yield return Allocation("managed memory of a step, sample", run);
        }

        yield return FirstStep.Measure(path);
    }

    public static TrainerOptions OptionsOf(Recipe recipe) => new()
    {
        Model = recipe.Model,
        Vocab = recipe.Tokenizer.Vocab,
        Optimizer = recipe.Optimizer,
        Schedule = recipe.Schedule,
        BatchTokens = recipe.Data.BatchTokens,
        Steps = 1000,
        Seed = recipe.Seed,
        Threads = 1,
    };

    private static BenchmarkRow Utilisation(string name, SyntheticRun run, double seconds, double peak)
    {
        int threads = run.Trainer.Options.Threads;
        return BenchmarkRow.AtLeast(
            name, run.ModelFlopsPerStep / seconds / (peak * threads), "of the FMA peak", Goal,
            $"model FLOPs {run.ModelFlopsPerStep / 1e9:F2}G a step (6N + 12 layers width context per token), counted {run.Trainer.FlopsPerStep / 1e9:F2}G; {seconds * 1e3:F2} ms a step, median; {threads} thread(s) of {peak / 1e9:F0} GFLOP/s");
    }

    private static BenchmarkRow Allocation(string name, SyntheticRun run)
    {
        run.Step();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 10; i++) run.Trainer.Step();
        long perStep = (GC.GetTotalAllocatedBytes(precise: true) - before) / 10;
        return BenchmarkRow.AtMost(name, perStep, "bytes", 0, "all threads, mean of 10 steps, the step's report included");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string? FindSample()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "samples", "first-study", "baseline.yaml");
            if (File.Exists(path)) return path;
        }

        return null;
    }
}
