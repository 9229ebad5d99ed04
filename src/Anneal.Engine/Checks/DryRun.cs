using Anneal.Engine.Custom;
using Anneal.Engine.Shards;
using Anneal.Engine.Tensors;
using Anneal.Engine.Training;

namespace Anneal.Engine.Checks;

/// <summary>A few steps on made-up tokens.</summary>
internal static class DryRun
{
    /// <summary>A small run that is saved, restored into new parts and goes on must go on like one that was not.</summary>
    public static void Resume(TrainerOptions options, Func<CustomParts> make, string folder)
    {
        var context = Math.Min(options.Model.Context, 16);
        var small = options with
        {
            Model = options.Model with { Context = context, Layers = Math.Min(options.Model.Layers, 2) },
            Vocab = Math.Min(options.Vocab, 64),
            BatchTokens = 2 * context,
            Steps = 6,
            Threads = 1,
        };
        using var shard = Write(small, folder);
        using var straight = new Trainer(small, new(shard, 1), make());
        var checkpoint = Path.Combine(folder, "checkpoint");
        for (var step = 0; step < 3; step++) straight.Step();
        straight.Save(checkpoint);

        using var resumed = new Trainer(small, new(shard, 1), make());
        resumed.Restore(checkpoint);
        for (var step = 3; step < 6; step++)
        {
            var (expected, actual) = (straight.Step(), resumed.Step());
            if (actual.Loss.Equals(expected.Loss) && actual.UpdateNorm.Equals(expected.UpdateNorm) && SameValues(straight, resumed)) continue;
            throw new UnsoundCodeException(
                $"a run that was saved and restored after step 3 goes on otherwise (update norm {actual.UpdateNorm:G6} instead of {expected.UpdateNorm:G6} at step {step + 1}): "
                + "something is kept outside the declared states, or is not the same twice. What must survive a step belongs into them.");
        }
    }

    /// <summary>Two steps at the recipe's own shape.</summary>
    public static (double Flops, long Parameters) Cost(TrainerOptions options, CustomParts parts, string folder)
    {
        using var shard = Write(options, folder);
        using var trainer = new Trainer(options with { Steps = Math.Max(2, options.Steps) }, new(shard, 1), parts);
        for (var step = 1; step <= 2; step++)
        {
            var report = trainer.Step();
            if (!double.IsFinite(report.Loss) || report.Nonfinite) throw new UnsoundCodeException($"the loss is {report.Loss} and the gradient norm {report.GradNorm} at step {step} of a dry run.");
            if (!double.IsFinite(report.ParamNorm)) throw new UnsoundCodeException($"the parameters are not finite after step {step} of a dry run.");
        }

        return (trainer.FlopsPerStep, trainer.Model.ParameterCount);
    }

    private static Shard Write(TrainerOptions options, string folder)
    {
        var key = CounterRandom.Key(3, "dry run");
        var tokens = new ushort[Math.Max(4 * options.BatchTokens, 64)];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = i % 32 == 31 ? (ushort)0 : (ushort)(CounterRandom.Bits(key, (ulong)i) % (ulong)options.Vocab);
        var path = Path.Combine(folder, $"tokens-{options.Vocab}-{options.BatchTokens}.bin");
        Shard.Write(path, tokens);
        return Shard.Open(path);
    }

    private static bool SameValues(Trainer one, Trainer other) =>
        one.Model.Parameters.Zip(other.Model.Parameters).All(pair => pair.First.Value.SequenceEqual(pair.Second.Value));
}
