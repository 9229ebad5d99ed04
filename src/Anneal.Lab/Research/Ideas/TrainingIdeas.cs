using Anneal.Engine.Optimizers;
using Anneal.Engine.Training;
using static Anneal.Lab.Research.Ideas.Idea;

namespace Anneal.Lab.Research.Ideas;

/// <summary>Ideas about optimizer, schedule, batch and tokenizer.</summary>
internal static class TrainingIdeas
{
    public static readonly IReadOnlyList<Idea> All =
    [
        new()
        {
            Id = "muon", Probability = 0.75, GainPercent = 2.5,
            Hypothesis = "Muon on the hidden matrices beats AdamW at equal compute.",
            Mechanism = "Orthogonalised momentum moves all directions of a matrix alike, where Adam follows the few loud ones.",
            Refutation = "No gain once its Newton-Schulz steps are paid for.",
            Change = (r, _) => r.Optimizer.Kind == OptimizerKind.Muon ? null
                : Set(("optimizer.kind", "muon"), ("optimizer.lr", "0.02"), ("optimizer.adam_lr", Number(Math.Max(r.Optimizer.Lr, 0.003)))),
        },
        new()
        {
            Id = "lr_up", Probability = 0.5, GainPercent = 1.2,
            Hypothesis = "Twice the learning rate helps.",
            Mechanism = "A short run at small scale is limited by how far its steps reach.",
            Refutation = "Loss rises or the run diverges.",
            Change = (r, _) => Set("optimizer.lr", r.Optimizer.Lr * 2),
        },
        new()
        {
            Id = "lr_down", Probability = 0.25, GainPercent = 0.8,
            Hypothesis = "Half the learning rate helps.",
            Mechanism = "Gradient noise at the peak rate undoes part of each step.",
            Refutation = "Loss rises.",
            Change = (r, _) => Set("optimizer.lr", r.Optimizer.Lr / 2),
        },
        new()
        {
            Id = "adam_lr_up", Probability = 0.45, GainPercent = 0.6,
            Hypothesis = "Embeddings beside Muon want a higher rate.",
            Mechanism = "Rows of the table are touched rarely and must move far when they are.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Optimizer.Kind == OptimizerKind.Muon ? Set("optimizer.adam_lr", r.Optimizer.AdamLr * 2) : null,
        },
        new()
        {
            Id = "embedding_up", Probability = 0.5, GainPercent = 0.9,
            Hypothesis = "Embeddings learn better at three times the rate.",
            Mechanism = "Sparse rows see few gradients; large steps make up for it.",
            Refutation = "Loss rises, above all where the table is also the head.",
            Change = (r, _) => r.Optimizer.Groups.Embedding < 10 ? Set("optimizer.groups.embedding", r.Optimizer.Groups.Embedding * 3) : null,
        },
        new()
        {
            Id = "embedding_down", Probability = 0.2, GainPercent = 0.5,
            Hypothesis = "A tied table learns better at a third of the rate.",
            Mechanism = "As the head it gets a dense gradient at every step.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Model.TieEmbeddings ? Set("optimizer.groups.embedding", r.Optimizer.Groups.Embedding / 3) : null,
        },
        new()
        {
            Id = "head_down", Probability = 0.35, GainPercent = 0.4,
            Hypothesis = "An untied head wants a third of the rate.",
            Mechanism = "Its gradient is dense and large from the first step.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Model.TieEmbeddings ? null : Set("optimizer.groups.head", r.Optimizer.Groups.Head / 3),
        },
        new()
        {
            Id = "scalar_up", Probability = 0.35, GainPercent = 0.2,
            Hypothesis = "Gains and biases can learn three times as fast.",
            Mechanism = "They are few and well conditioned.",
            Refutation = "No gain.",
            Change = (r, _) => r.Optimizer.Groups.Scalar < 9 ? Set("optimizer.groups.scalar", r.Optimizer.Groups.Scalar * 3) : null,
        },
        new()
        {
            Id = "momentum_low", Probability = 0.4, GainPercent = 0.4,
            Hypothesis = "Muon at momentum 0.9 suits a short run.",
            Mechanism = "0.95 averages over 20 steps, a good part of a run of a few hundred.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Optimizer.Kind == OptimizerKind.Muon && r.Optimizer.Momentum > 0.9 ? Set("optimizer.momentum", 0.9) : null,
        },
        new()
        {
            Id = "beta2_high", Probability = 0.4, GainPercent = 0.5,
            Hypothesis = "A longer second-moment memory helps small batches.",
            Mechanism = "The half-life should stay fixed in tokens; small batches need a beta2 nearer to 1.",
            Refutation = "Loss rises: the run is too short for it.",
            Change = (r, _) => r.Optimizer.Betas.Second < 0.98 ? Set("optimizer.betas.1", 0.98) : null,
        },
        new()
        {
            Id = "beta2_low", Probability = 0.3, GainPercent = 0.4,
            Hypothesis = "A shorter second-moment memory helps a run of few steps.",
            Mechanism = "Early large gradients are forgotten sooner.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Optimizer.Betas.Second > 0.9 ? Set("optimizer.betas.1", 0.9) : null,
        },
        new()
        {
            Id = "beta1_low", Probability = 0.35, GainPercent = 0.3,
            Hypothesis = "Beta1 of 0.8 suits a short run.",
            Mechanism = "Momentum that lags less follows a gradient that still changes fast.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Optimizer.Betas.First > 0.8 ? Set("optimizer.betas.0", 0.8) : null,
        },
        new()
        {
            Id = "no_weight_decay", Probability = 0.35, GainPercent = 0.2,
            Hypothesis = "A run of one pass needs no weight decay.",
            Mechanism = "Every token is fresh: there is nothing to regularise.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Optimizer.WeightDecay > 0 ? Set("optimizer.weight_decay", 0) : null,
        },
        new()
        {
            Id = "weight_decay_up", Probability = 0.3, GainPercent = 0.3,
            Hypothesis = "Stronger weight decay helps.",
            Mechanism = "Smaller weights make each step a larger relative move.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Optimizer.WeightDecay is > 0 and < 1 ? Set("optimizer.weight_decay", r.Optimizer.WeightDecay * 3) : null,
        },
        new()
        {
            Id = "no_clip", Probability = 0.25, GainPercent = 0.2,
            Hypothesis = "Clipping costs more than it protects.",
            Mechanism = "Early steps are all clipped and so shortened (Muon does not feel their size at all).",
            Refutation = "Loss rises or the run spikes.",
            Change = (r, _) => r.Optimizer.Clip > 0 ? Set("optimizer.clip", 0) : null,
        },
        new()
        {
            Id = "floor_zero", Probability = 0.6, GainPercent = 0.4,
            Hypothesis = "Decay to zero beats a floor.",
            Mechanism = "The last steps average the gradient noise away.",
            Refutation = "Loss rises: the run is too short to give up rate.",
            Change = (r, _) => r.Schedule.Floor > 0 && r.Schedule.Kind != ScheduleKind.Constant ? Set("schedule.floor", 0) : null,
        },
        new()
        {
            Id = "linear", Probability = 0.45, GainPercent = 0.3,
            Hypothesis = "A straight line beats the cosine.",
            Mechanism = "It spends fewer steps at both extremes.",
            Refutation = "No difference.",
            Change = (r, _) => r.Schedule.Kind == ScheduleKind.Linear ? null : Set("schedule.kind", "linear"),
        },
        new()
        {
            Id = "wsd", Probability = 0.4, GainPercent = 0.4,
            Hypothesis = "Hold the peak, then decay over the last 60%.",
            Mechanism = "More steps at full rate, and still a long cooldown.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Schedule.Kind == ScheduleKind.Wsd ? null : Set(("schedule.kind", "wsd"), ("schedule.decay", "0.6")),
        },
        new()
        {
            Id = "warmup_none", Probability = 0.3, GainPercent = 0.3,
            Hypothesis = "The run can start at full rate.",
            Mechanism = "Warmup steps are lost where normalisation already bounds the update.",
            Refutation = "Loss rises: the first steps do damage.",
            Change = (r, _) => r.Schedule.Warmup > 0 ? Set("schedule.warmup", 0) : null,
        },
        new()
        {
            Id = "warmup_long", Probability = 0.4, GainPercent = 0.4,
            Hypothesis = "A longer warmup helps.",
            Mechanism = "It widens the range of rates that AdamW survives.",
            Refutation = "Loss rises: peak-rate steps are lost.",
            Change = (r, _) => r.Schedule.Warmup < 0.08 ? Set("schedule.warmup", Math.Max(0.05, r.Schedule.Warmup * 2)) : null,
        },
        new()
        {
            Id = "batch_half", Probability = 0.65, GainPercent = 2.0,
            Hypothesis = "Half the batch, twice the updates.",
            Mechanism = "Below the critical batch the number of updates limits a run of fixed compute.",
            Refutation = "Loss rises: gradient noise, or the optimizer's cost per step, wins.",
            Change = (r, _) => r.Data.BatchTokens / 2 >= r.Model.Context ? Set("data.batch_tokens", $"{r.Data.BatchTokens / 2}") : null,
        },
        new()
        {
            Id = "batch_double", Probability = 0.15, GainPercent = 0.8,
            Hypothesis = "Twice the batch at a higher rate helps.",
            Mechanism = "A cleaner gradient carries a larger step.",
            Refutation = "Loss rises: too few updates.",
            Change = (r, _) => Set(("data.batch_tokens", $"{r.Data.BatchTokens * 2}"), ("optimizer.lr", Number(r.Optimizer.Lr * Math.Sqrt(2)))),
        },
        new()
        {
            Id = "vocab_up", Probability = 0.45, GainPercent = 1.5,
            Hypothesis = "Twice the vocabulary helps.",
            Mechanism = "More bytes a token: the same compute reads more text, and the context reaches further.",
            Refutation = "Bits per byte rise: rows of the table are seen too rarely and the head costs too much.",
            Change = (r, _) => r.Tokenizer.Vocab is >= 512 and <= 16384 ? Set("tokenizer.vocab", $"{r.Tokenizer.Vocab * 2}") : null,
        },
        new()
        {
            Id = "vocab_down", Probability = 0.35, GainPercent = 1.5,
            Hypothesis = "Half the vocabulary helps.",
            Mechanism = "A cheaper head buys steps, and every row is seen more often.",
            Refutation = "Bits per byte rise.",
            Change = (r, _) => r.Tokenizer.Vocab >= 1024 ? Set("tokenizer.vocab", $"{r.Tokenizer.Vocab / 2}") : null,
        },
    ];
}
