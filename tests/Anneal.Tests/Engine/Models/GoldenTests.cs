using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;

namespace Anneal.Tests.Engine.Models;

/// <summary>Against PyTorch in float64: bench/peers/golden.py, whose output stands in tests/Anneal.Tests/Golden.</summary>
public class GoldenTests
{
    private const int Vocab = 61;
    private const int Batch = 3;
    private const int Context = 14;
    private const int Steps = 50;

    public static TheoryData<string> Names => [.. GoldenFile.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_loss_and_every_gradient_are_PyTorchs(string name)
    {
        using var golden = new SafetensorsReader(GoldenFile.PathOf(name));
        using var run = new Run(name, golden);
        var report = run.Trainer.Step();

        report.Loss.ShouldBe(GoldenFile.Read(golden, "losses")[0], 1e-5);
        foreach (var parameter in run.Trainer.Model.Parameters)
            GoldenFile.Distance(parameter.Grad, GoldenFile.Read(golden, "grad." + parameter.Name)).ShouldBeLessThan(1e-4, parameter.Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_at_every_place_are_PyTorchs(string name)
    {
        using var golden = new SafetensorsReader(GoldenFile.PathOf(name));
        using var run = new Run(name, golden);
        using var team = new ThreadTeam(1);
        using var sampler = new Sampler(run.Trainer.Model, team);
        var tokens = Array.ConvertAll(GoldenFile.Read(golden, "tokens"), token => (int)token);
        var expected = GoldenFile.Read(golden, "logits");
        for (var row = 0; row < Batch; row++)
        {
            for (var t = 0; t < Context; t++)
            {
                var logits = sampler.Predict(tokens[(row * Context)..(row * Context + t + 1)]);
                GoldenFile.Distance(logits, expected.AsSpan((row * Context + t) * Vocab, Vocab)).ShouldBeLessThan(1e-4, $"row {row}, token {t}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fifty_AdamW_steps_follow_PyTorchs_losses(string name)
    {
        using var golden = new SafetensorsReader(GoldenFile.PathOf(name));
        using var run = new Run(name, golden);
        var expected = GoldenFile.Read(golden, "losses");
        expected[^1].ShouldBeLessThan(expected[0] - 0.5f, "the comparison means little if nothing is learned");
        for (var step = 0; step < Steps; step++) run.Trainer.Step().Loss.ShouldBe(expected[step], 1e-3 * expected[step], $"step {step}");
    }

    private static ModelConfig Model(string name) => name switch
    {
        "gpt2" => new() { Layers = 2, Width = 16, Heads = 2, Context = Context },
        "llama" => new()
        {
            Layers = 2,
            Width = 16,
            Heads = 4,
            KvHeads = 2,
            Context = Context,
            Bias = false,
            TieEmbeddings = false,
            Mlp = new() { Kind = MlpKind.Swiglu, Ratio = 4.5 },
            Norm = new() { Kind = NormKind.Rms },
            Position = new() { Kind = PositionKind.Rope },
        },
        _ => new()
        {
            Layers = 2,
            Width = 24,
            Heads = 2,
            KvHeads = 1,
            Context = Context,
            Bias = false,
            TieEmbeddings = false,
            QkNorm = true,
            LogitSoftcap = 5,
            Mlp = new() { Kind = MlpKind.Relu2, Ratio = 40 / 24.0 },
            Norm = new() { Kind = NormKind.Rms, Place = NormPlace.Peri },
            Position = new() { Kind = PositionKind.Rope },
        },
    };

    /// <summary>A trainer with the golden parameters, over the golden tokens as one document.</summary>
    private sealed class Run : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("anneal-golden-").FullName;
        private readonly Shard shard;

        public Run(string name, SafetensorsReader golden)
        {
            var path = Path.Combine(folder, "train.bin");
            Shard.Write(path, Array.ConvertAll(GoldenFile.Read(golden, "tokens"), token => (ushort)token));
            shard = Shard.Open(path);
            Trainer = new(
                new()
                {
                    Model = Model(name),
                    Vocab = Vocab,
                    Optimizer = new() { Lr = 1e-2 },
                    Schedule = new() { Warmup = 0.1 },
                    BatchTokens = Batch * Context,
                    Steps = Steps,
                },
                new TokenStream(shard, 0, endOfText: ushort.MaxValue, passageTokens: int.MaxValue));
            golden.Names.Count(tensor => tensor.StartsWith("param.")).ShouldBe(Trainer.Model.Parameters.Count);
            foreach (var parameter in Trainer.Model.Parameters) golden.Read("param." + parameter.Name, parameter.Shape, parameter.Value);
        }

        public Trainer Trainer { get; }

        public void Dispose()
        {
            Trainer.Dispose();
            shard.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
