using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;
using Anneal.Tests.Engine.Custom;

namespace Anneal.Tests.Engine.Training;

/// <summary>A trainer over a small shard in a temporary folder.</summary>
internal sealed class TinyRun : IDisposable
{
    public const int Vocab = 17;

    private readonly Shard shard;

    public TinyRun(Func<TrainerOptions, TrainerOptions>? change = null, long orderSeed = 3, ushort[]? tokens = null, CustomParts? parts = null)
    {
        Folder = Directory.CreateTempSubdirectory("anneal-tiny-").FullName;
        var path = Path.Combine(Folder, "train.bin");
        Shard.Write(path, tokens ?? Words(40));
        shard = Shard.Open(path);
        var options = new TrainerOptions
        {
            Model = new ModelConfig { Layers = 2, Width = 24, Heads = 3, Context = 16 },
            Vocab = Vocab,
            Optimizer = new OptimizerConfig { Lr = 1e-2 },
            BatchTokens = 64,
            Steps = 40,
            Seed = 5,
        };
        options = change?.Invoke(options) ?? options;
        if (parts is not null) options = options with { Code = Proposals.Hashes(parts) };
        Trainer = new(options, new TokenStream(shard, orderSeed), parts);
    }

    public string Folder { get; }

    public Trainer Trainer { get; }

    /// <summary>Documents of 5 to 20 tokens that count upwards, each ended by token 16.</summary>
    public static ushort[] Words(int documents)
    {
        var random = new Random(1);
        var tokens = new List<ushort>();
        for (var document = 0; document < documents; document++)
        {
            var start = random.Next(16);
            var length = random.Next(5, 20);
            for (var i = 0; i < length; i++) tokens.Add((ushort)((start + i) % 16));
            tokens.Add(16);
        }

        return [.. tokens];
    }

    public void Dispose()
    {
        Trainer.Dispose();
        shard.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
