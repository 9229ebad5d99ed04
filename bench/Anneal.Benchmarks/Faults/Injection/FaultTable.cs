using Anneal.Engine.Custom;
using Anneal.Engine.Training;
using Anneal.Runs.Protocol;
using static Anneal.Benchmarks.Faults.Scoring.Pace;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>The 32 kinds of fault, some in several variants.</summary>
internal static class FaultTable
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        // Learning rate and schedule.
        new(1, "lr_spike", Abrupt, [Cause.Optimizer, Cause.Schedule], new() { Rate = (rate, at) => at.Since < 20 ? 10 * rate : rate }) { Recurrence = Recurrence.Passing },
        new(2, "lr_runaway", Slow, [Cause.Schedule, Cause.Optimizer], new() { Rate = (rate, at) => rate * Math.Pow(1.01, at.Since + 1) }),
        new(3, "lr_zero", Abrupt, [Cause.Schedule, Cause.Optimizer], new() { Rate = (_, _) => 0 }),
        new(4, "warmup_omitted", Abrupt, [Cause.Schedule, Cause.Optimizer], new() { Rate = (_, at) => 3 * Plain(at, at.Step - 1, at.Scale.Steps) }) { FromStart = true },
        new(5, "schedule_horizon", Slow, [Cause.Schedule, Cause.Optimizer], new() { Rate = (rate, at) => Math.Min(rate, Plain(at, at.Since, at.Scale.Steps / 4)) }) { Unseen = true },
        new(6, "lr_reset_on_resume", Abrupt, [Cause.Schedule, Cause.Optimizer], new() { Before = Resume, Rate = (_, at) => Schedule.At(at.Scale.Options.Schedule, at.Since, at.Scale.Steps) }),

        // Numbers.
        new(7, "nan_gradient", Abrupt, [Cause.Numerics], new() { Gradients = (model, _) => model.Parameters[0].Grad[7] = float.NaN }) { Recurrence = Recurrence.InText },
        new(8, "masked_nan", Abrupt, [Cause.Numerics, Cause.Evaluation], new() { Before = (trainer, at) => Once(at, () => Edits.Weight(trainer.Model) = float.NaN), Logged = HideNonfinite }) { Recurrence = Recurrence.Passing },
        new(9, "gradient_blowup", Abrupt, [Cause.Numerics, Cause.Optimizer, Cause.Data], new() { Gradients = (model, at) => Once(at, () => Edits.ScaleGradients(model, 100)) }) { Recurrence = Recurrence.Passing },
        new(10, "silent_blowup", Abrupt, [Cause.Numerics, Cause.Optimizer, Cause.Model], new() { Gradients = (model, at) => Edits.ScaleGradients(model, at.Since < 50 ? 30 : 1, p => p.Name == "model.layers.1.mlp.down_proj.weight") }) { Recurrence = Recurrence.Passing, Unseen = true },
        new(11, "bit_flip", Abrupt, [Cause.Numerics, Cause.Infrastructure], new() { Before = (trainer, at) => Once(at, () => Flip(ref Edits.Weight(trainer.Model))) }) { Recurrence = Recurrence.Passing, Unseen = true },
        new(27, "precision_loss", Slow, [Cause.Numerics], new() { Before = (trainer, _) => Edits.Round(trainer.Model) }),

        // Optimizer.
        new(12, "clip_bypass", Abrupt, [Cause.Optimizer, Cause.Schedule], new() { Before = (trainer, _) => trainer.Clip = 0, Rate = (rate, _) => 2 * rate }),
        new(13, "accumulation_sum", Abrupt, [Cause.Optimizer, Cause.Numerics], new() { Gradients = (model, _) => Edits.ScaleGradients(model, 4) }),
        new(14, "second_moment_corrupt", Abrupt, [Cause.Optimizer, Cause.Numerics], new() { Before = (trainer, at) => Once(at, () => Edits.ScaleState(trainer, 1e-4f, "exp_avg_sq.")) }) { Recurrence = Recurrence.Passing },
        new(15, "optimizer_lost_on_resume", Abrupt, [Cause.Optimizer, Cause.Infrastructure], new() { Before = (trainer, at) => Once(at, () => { Resume(trainer, at); Edits.ScaleState(trainer, 0, ""); }) }) { Recurrence = Recurrence.Passing, Unseen = true },
        new(28, "slow_divergence", Slow, [Cause.Optimizer, Cause.Schedule], new() { Options = (options, _) => options with { Optimizer = options.Optimizer with { Eps = 1e-15, Betas = new(options.Optimizer.Betas.First, 0.9999) } }, Rate = (rate, _) => 1.5 * rate }) { Unseen = true },
        new(31, "rate_too_small", Slow, [Cause.Optimizer, Cause.Schedule], new() { Rate = (rate, _) => 0.05 * rate }),
        new(31, "decay_too_strong", Slow, [Cause.Optimizer], new() { Options = (options, at) => options with { Optimizer = options.Optimizer with { WeightDecay = 100 * at.Scale.Options.Optimizer.WeightDecay } } }),

        // Model.
        new(16, "frozen_block", Slow, [Cause.Model, Cause.Optimizer], new() { Gradients = (model, _) => Edits.ScaleGradients(model, 0, p => p.Block == "block.1") }),
        new(17, "dead_units", Abrupt, [Cause.Model], new() { Before = (trainer, at) => Once(at, () => Edits.Mute(trainer.Model, -10)) }) { Recurrence = Recurrence.Passing },
        new(18, "attention_collapse", Abrupt, [Cause.Model], new() { Before = (trainer, at) => Once(at, () => { Edits.Scale(trainer.Model, 8, "q_proj"); Edits.Scale(trainer.Model, 8, "k_proj"); }) }) { Recurrence = Recurrence.Passing, Unseen = true },
        new(32, "output_collapse", Slow, [Cause.Data, Cause.Model, Cause.Evaluation], new() { Loss = new WeightedEnd(20) }),

        // Data.
        new(19, "repeated_batch", Abrupt, [Cause.Data], new() { Before = RepeatBatch }) { Recurrence = Recurrence.Passing, Delay = 1 },
        new(20, "repeated_ngram", Slow, [Cause.Data], new() { Batch = (batch, at) => Edits.Rows(batch, at, 0.25, Repeat) }) { Recurrence = Recurrence.InText },
        new(21, "garbage", Abrupt, [Cause.Data], new() { Batch = (batch, at) => Edits.Rows(batch, at, 0.3, Edits.Garbage) }) { Recurrence = Recurrence.InText },
        new(22, "label_shift", Abrupt, [Cause.Data], new() { Feed = (_, targets, _) => targets[2..].CopyTo(targets) }) { Recurrence = Recurrence.InText, Unseen = true },
        new(23, "leak", Abrupt, [Cause.Data, Cause.Model, Cause.Evaluation], new() { Feed = (inputs, targets, _) => inputs.CopyTo(targets) }) { Recurrence = Recurrence.InText },
        new(24, "unshuffled", Slow, [Cause.Data], new() { Batch = (batch, at) => at.Domain((at.Seed + 3 * at.Since / (at.Scale.Steps - at.At + 1)) % 3).Next(batch) }),
        new(25, "epoch_reset", Slow, [Cause.Data], new() { Before = Rewind }) { Delay = 100, Unseen = true },
        new(26, "evaluation_contamination", Slow, [Cause.Evaluation, Cause.Data], new() { Batch = (batch, at) => Edits.Rows(batch, at, 0.5, (row, random) => Held(at, row, random)) }),

        // The machine: only what the run logs changes.
        new(29, "straggler", Abrupt, [Cause.Infrastructure], new() { Before = (_, at) => at.Clock.Slowness = 1.5 }),
        new(29, "straggler_slight", Slow, [Cause.Infrastructure], new() { Before = (_, at) => at.Clock.Slowness = 1.05 }),
        new(30, "hang", Abrupt, [Cause.Infrastructure], new() { Before = (_, at) => Once(at, () => at.Clock.Stretch(900)) }),
        new(30, "memory_leak", Slow, [Cause.Infrastructure], new() { Before = (_, at) => at.Clock.LeakMb = 1 }),
        new(30, "crash_loop", Abrupt, [Cause.Infrastructure], new() { Logged = CrashLoop }) { Delay = -CrashSteps + 1 },
    ];

    private const int CrashSteps = 20;

    private static void Once(Moment at, Action action)
    {
        if (at.Since == 0) action();
    }

    // The schedule's decay without its warmup, held at the floor beyond its end.
    private static double Plain(Moment at, int step, int horizon) =>
        Schedule.At(at.Scale.Options.Schedule with { Warmup = 0 }, Math.Min(step, horizon - 1), horizon);

    private static void Resume(Trainer trainer, Moment at) => Once(at, () => at.Clock.Pause(45));

    // A top bit of the exponent: the weight becomes huge.
    private static void Flip(ref float weight) => weight = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(weight) ^ (1u << 30));

    // As a logger that drops what is not finite and repeats its last value.
    private static void HideNonfinite(Recording recording, Moment at)
    {
        var previous = recording.Lines[^2];
        recording.Amend(line => line with
        {
            Loss = previous.Loss,
            GradNorm = at.Seed % 2 == 0 ? line.GradNorm : previous.GradNorm,
            Nonfinite = null,
        });
    }

    private static void RepeatBatch(Trainer trainer, Moment at)
    {
        if (at.Since == 0) at.Kept = trainer.Stream.Cursor;
        else if (at.Since <= 100) trainer.Stream.Cursor = at.Kept;
    }

    private static void Rewind(Trainer trainer, Moment at)
    {
        if (at.Since == 0) at.Kept = trainer.Stream.Cursor;
        else if (at.Since % 100 == 0) trainer.Stream.Cursor = at.Kept;
    }

    private static void Repeat(int[] row, Random random)
    {
        var period = random.Next(1, 14);
        for (var i = period; i < row.Length; i++) row[i] = row[i - period];
    }

    private static void Held(Moment at, int[] row, Random random)
    {
        var held = at.Corpus.Domains[random.Next(at.Corpus.Domains.Count)].Held;
        held.AsSpan(random.Next(held.Length - row.Length), row.Length).CopyTo(row);
    }

    private static void CrashLoop(Recording recording, Moment at)
    {
        for (var again = 0; again < 8; again++) recording.Restart(CrashSteps, seconds: 20);
        recording.Ended = true;
    }

    /// <summary>Cross-entropy that counts the end of a text many times.</summary>
    private sealed class WeightedEnd(float weight) : CustomLoss
    {
        public override double Row(Span<float> logits, int target)
        {
            var at = logits[target];
            var logSum = VectorMath.Softmax(logits);
            logits[target] -= 1;
            if (target != FaultCorpus.EndOfText) return logSum - at;
            VectorMath.Scale(logits, weight);
            return weight * (logSum - at);
        }
    }
}
