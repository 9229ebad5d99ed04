using Anneal.Engine.Training;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Diagnoses;

/// <summary>A way to break a training run, and where the cause then lies.</summary>
/// <param name="Name">Snake case; its conversation in the transcript.</param>
/// <param name="Label">What was really broken.</param>
/// <param name="Recipe">Change to the healthy recipe.</param>
/// <param name="Before">Done before a step (from 1) is made, to the trainer or to the shard that it reads.</param>
internal sealed record BrokenRun(string Name, Cause Label, Func<Recipe, Recipe> Recipe, Action<Trainer, CorruptibleShard, int>? Before = null)
{
    /// <summary>Steps of a run.</summary>
    public const int Steps = 300;

    private const int Midway = 150;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BrokenRun> All { get; } =
    [
        new("rate_x1000", Cause.Optimizer, r => With(r, lr: 1000)),
        new("rate_x100_unclipped", Cause.Optimizer, r => With(r, lr: 100, clip: 0)),
        new("rate_x30_long_memory", Cause.Optimizer, r => With(r, lr: 30) with { Optimizer = With(r, lr: 30).Optimizer with { Betas = new(0.995, 0.9), Clip = 0 } }),
        new("decay_x1000", Cause.Optimizer, r => r with { Optimizer = r.Optimizer with { WeightDecay = 100 } }),

        // The same rate with a warmup over a third of the run learns as the healthy run does.
        new("no_warmup", Cause.Schedule, r => With(r, lr: 8, clip: 0) with { Schedule = r.Schedule with { Warmup = 0 } }),
        new("rate_jumps_midway", Cause.Schedule, r => r with { Optimizer = r.Optimizer with { Clip = 0 } }, (t, _, step) => t.LearningRateScale = step < Midway ? 1 : 200),
        new("rate_grows", Cause.Schedule, r => r, (t, _, step) => t.LearningRateScale = Math.Exp(Math.Max(0, step - 60) / 20.0)),

        new("noise_midway", Cause.Data, r => r, (_, shard, step) => { if (step == Midway) shard.Fill(random => random.Next(256)); }),
        new("another_alphabet_midway", Cause.Data, r => r, (_, shard, step) => { if (step == Midway) shard.Fill(random => 200 + random.Next(40)); }),
        new("one_token_then_text", Cause.Data, r => r, (_, shard, step) => { if (step == 80) shard.Fill(_ => 'a'); else if (step == 180) shard.Restore(); }),

        new("initial_weights_x50", Cause.Model, r => r, (t, _, step) => { if (step == 1) Scale(t, 50, _ => true); }),
        new("attention_x1000", Cause.Model, r => r, (t, _, step) => { if (step == 1) Scale(t, 1000, name => name.Contains("attn", StringComparison.Ordinal)); }),
        new("embedding_x300", Cause.Model, r => r, (t, _, step) => { if (step == 1) Scale(t, 300, name => name.Contains("embed", StringComparison.Ordinal)); }),

        new("weight_becomes_nan", Cause.Numerics, r => r, (t, _, step) => { if (step == Midway) t.Model.Parameters[0].Value[7] = float.NaN; }),
        new("weight_bit_flips", Cause.Numerics, r => r, (t, _, step) => { if (step == Midway) foreach (var p in t.Model.Parameters) p.Value[0] = 1e20f; }),
        new("weights_overflow", Cause.Numerics, r => r, (t, _, step) => { if (step == Midway) Scale(t, 1e18f, _ => true); }),
    ];

    private static Recipe With(Recipe r, double lr, double clip = 1) => r with { Optimizer = r.Optimizer with { Lr = lr * r.Optimizer.Lr, Clip = clip } };

    private static void Scale(Trainer trainer, float factor, Func<string, bool> which)
    {
        foreach (var parameter in trainer.Model.Parameters.Where(p => which(p.Name)))
            foreach (ref float value in parameter.Value) value *= factor;
    }
}
