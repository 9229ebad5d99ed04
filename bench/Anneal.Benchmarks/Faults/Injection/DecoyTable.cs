using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>Healthy runs that look as if something were wrong.</summary>
internal static class DecoyTable
{
    public static IReadOnlyList<Decoy> All { get; } =
    [
        // Learning rate.
        new("long_warmup", new() { Options = (o, _) => o with { Schedule = o.Schedule with { Warmup = 0.25 } } }),
        new("cosine_restart", new() { Rate = Restarted }),
        new("wsd_decay", new() { Options = (o, _) => o with { Schedule = o.Schedule with { Kind = ScheduleKind.Wsd, Decay = 0.3 } } }),
        new("small_rate", new() { Options = (o, at) => WithRate(o, at, 0.2) }),
        new("large_rate", new() { Options = (o, at) => WithRate(o, at, 2) }),

        // Shape of the batch.
        new("batch_ramp", new() { Options = (o, at) => o with { BatchTokens = at.Scale.Options.BatchTokens / 2 * (at.Progress < 0.3 ? 1 : at.Progress < 0.55 ? 2 : 4) } }),
        new("context_ramp", new() { Options = RampContext }),
        new("small_batch", new() { Options = (o, at) => o with { BatchTokens = 2 * o.Model.Context } }),

        // Data.
        new("domain_shift", new() { Batch = (batch, at) => Edits.Mix(batch, at, at.Progress < 0.45 ? [0.5, 0.5, 0] : [0, 0, 1]) }),
        new("mixture_anneal", new() { Batch = (batch, at) => Anneal(batch, at, Math.Clamp((at.Progress - 0.3) / 0.4, 0, 1)) }),
        new("heavy_tails", new() { Batch = HeavyTails }),
        new("spike_that_recovers", new() { Batch = (batch, at) => { if (at.Since is 0 or 150) Edits.Rows(batch, at, 1, Edits.Garbage); } }, From: 0.35),
        new("plateau", new() { Batch = Arithmetic, Logged = (recording, _) => recording.Amend(WithoutText) }),

        // The machine.
        new("pauses", new() { Before = Pause }),
        new("first_step_compile", new() { Before = (_, at) => at.Clock.Stretch(at.Step == 1 ? 60 : at.Step < 4 ? 5 : 0) }),
        new("resume", new() { Logged = Resume }, From: 0.4),
    ];

    private static TrainerOptions WithRate(TrainerOptions o, Moment at, double factor) => o with { Optimizer = o.Optimizer with { Lr = factor * at.Scale.Options.Optimizer.Lr } };

    // Two equal cycles; the second has no warmup.
    private static double Restarted(double scheduled, Moment at)
    {
        var half = at.Scale.Steps / 2;
        var cycle = at.Scale.Options.Schedule with { Floor = 0.05 };
        return at.Step <= half ? Schedule.At(cycle, at.Step - 1, half) : Schedule.At(cycle with { Warmup = 0 }, at.Step - 1 - half, at.Scale.Steps - half);
    }

    // Rotary positions, so that the weights fit every length.
    private static TrainerOptions RampContext(TrainerOptions o, Moment at) => o with
    {
        Model = o.Model with
        {
            Context = at.Scale.Options.Model.Context / 2 * (at.Progress < 0.3 ? 1 : at.Progress < 0.6 ? 2 : 4),
            Position = o.Model.Position with { Kind = PositionKind.Rope },
        },
    };

    private static void Anneal(Span<int> batch, Moment at, double done) => Edits.Mix(batch, at, 0.7 - 0.55 * done, 0.2, 0.1 + 0.55 * done);

    private static void HeavyTails(Span<int> batch, Moment at)
    {
        var draw = at.Random.NextDouble();
        if (draw < 0.06) at.Domain(2).Next(batch);
        else at.Domain(0).Next(batch);
        if (draw > 0.99) Edits.Rows(batch, at, 0.3, Edits.Garbage);
    }

    // a b (a + b mod 13): the third of each is learned late and suddenly.
    private static void Arithmetic(Span<int> batch, Moment at)
    {
        const int Modulus = 13;
        for (var i = 0; i < batch.Length; i += 3)
        {
            int a = at.Random.Next(Modulus), b = at.Random.Next(Modulus);
            ReadOnlySpan<int> sum = [a, 20 + b, 40 + (a + b) % Modulus];
            sum[..Math.Min(3, batch.Length - i)].CopyTo(batch[i..]);
        }
    }

    // Its task is not the held-out text.
    private static StepMetrics WithoutText(StepMetrics line) => line with
    {
        Extra = line.Extra.Where(signal => !signal.Key.StartsWith("val/", StringComparison.Ordinal) && !signal.Key.StartsWith("sample/", StringComparison.Ordinal)).ToDictionary(),
    };

    private static void Pause(Trainer trainer, Moment at)
    {
        if (at.Step % 40 == 0) at.Clock.Pause(15);
        if (at.Step % 130 == 0) at.Clock.Stretch(2);
    }

    private static void Resume(Recording recording, Moment at)
    {
        if (at.Since != 0) return;
        if (at.Seed % 2 == 0) recording.Clock.Pause(60);
        else recording.Restart(steps: 15, seconds: 60);
    }
}
