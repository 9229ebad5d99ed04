using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;
using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Proxies;

/// <summary>Outcome of a small run.</summary>
/// <param name="Bpb">Bits per byte on the held slice; null where the run failed.</param>
/// <param name="Spent">Share of the run's steps that were done before it ended or failed.</param>
internal readonly record struct ProxyResult(double? Bpb, double Spent);

/// <summary>Trains a recipe in this process on one thread and scores it: a real run of the sample study, at a reduced size.</summary>
internal static class ProxyRun
{
    private const int Rows = 8;

    /// <param name="corpus">Text.</param>
    /// <param name="recipe">Recipe; its budget's flops are the full run.</param>
    /// <param name="fraction">Of the budget; the schedule is rescaled to it.</param>
    /// <param name="seed">Initialisation.</param>
    /// <param name="orderSeed">Document order.</param>
    public static ProxyResult Train(ProxyCorpus corpus, Recipe recipe, double fraction, long seed, long orderSeed)
    {
        var options = new TrainerOptions
        {
            Model = recipe.Model,
            Vocab = corpus.Vocab,
            Optimizer = recipe.Optimizer,
            Schedule = recipe.Schedule,
            BatchTokens = recipe.Data.BatchTokens,
            Steps = 1,
            Seed = seed,
            Threads = 1,
        };
        long steps = Math.Max(1, (long)(fraction * recipe.Budget.Flops!.Value / Trainer.CountFlopsPerStep(options)));
        using var trainer = new Trainer(options with { Steps = steps }, new TokenStream(corpus.Train, orderSeed));
        double start = Math.Log(corpus.Vocab);
        for (long step = 1; step <= steps; step++)
        {
            var report = trainer.Step();
            if (report.Nonfinite || report.Loss > 2 * start) return new(null, (double)step / steps);
        }

        double bpb = Score(corpus, trainer.Model);
        double worthless = start * (corpus.Held.Length - 1) / Math.Log(2) / corpus.HeldBytes; // what a uniform guess scores
        return new(bpb < worthless ? bpb : null, 1);
    }

    private static double Score(ProxyCorpus corpus, Transformer model)
    {
        int context = model.Config.Context, block = Rows * context;
        using var team = new ThreadTeam(1);
        using var scorer = new Scorer(model, Rows, context, team);
        int[] tokens = new int[block], targets = new int[block];
        float[] nats = new float[block];
        double total = 0;
        for (int at = 0; at + 1 < corpus.Held.Length; at += block)
        {
            int count = Math.Min(block, corpus.Held.Length - 1 - at);
            targets.AsSpan().Fill(-1);
            corpus.Held.AsSpan(at, count).CopyTo(tokens);
            corpus.Held.AsSpan(at + 1, count).CopyTo(targets);
            scorer.Score(tokens, targets, nats);
            foreach (float value in nats) total += value;
        }

        return total / Math.Log(2) / corpus.HeldBytes;
    }
}
