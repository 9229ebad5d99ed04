using System.Diagnostics;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;

namespace Anneal.Benchmarks.Engine;

/// <summary>A trainer on random tokens: speed does not depend on what they say.</summary>
internal sealed class SyntheticRun : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"anneal-bench-{Guid.NewGuid():N}.bin");
    private readonly Shard shard;

    public SyntheticRun(TrainerOptions options)
    {
        var random = new Random(1);
        ushort[] tokens = new ushort[Math.Max(200_000, 4 * options.BatchTokens)];
        for (int i = 0; i < tokens.Length; i++) tokens[i] = (ushort)(i % 500 == 499 ? options.Vocab - 1 : random.Next(options.Vocab - 1));
        Shard.Write(path, tokens);
        shard = Shard.Open(path);
        Trainer = new Trainer(options, new TokenStream(shard, orderSeed: 1));
    }

    public Trainer Trainer { get; }

    /// <summary>The customary count: (6 N + 12 layers width context) a token.</summary>
    public double ModelFlopsPerStep
    {
        get
        {
            TrainerOptions o = Trainer.Options;
            return o.BatchTokens * (6.0 * Trainer.CountParameters(o.Model, o.Vocab) + 12.0 * o.Model.Layers * o.Model.Width * o.Model.Context);
        }
    }

    /// <summary>Seconds of one step.</summary>
    public double Step()
    {
        long start = Stopwatch.GetTimestamp();
        Trainer.Step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        Trainer.Dispose();
        shard.Dispose();
        File.Delete(path);
    }
}
