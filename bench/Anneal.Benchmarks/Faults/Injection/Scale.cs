using Anneal.Engine.Models;
using Anneal.Engine.Training;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>A size of the runs: tiny on purpose, and each of another architecture.</summary>
/// <param name="Number">In names of streams.</param>
/// <param name="Options">The healthy run.</param>
internal sealed record Scale(int Number, TrainerOptions Options)
{
    /// <summary>All sizes.</summary>
    public static IReadOnlyList<Scale> All { get; } =
    [
        Of(0, 1000, 512, new() { Layers = 2, Width = 32, Heads = 2, Context = 32, Mlp = new() { Kind = MlpKind.Relu2 } }, lr: 4e-3),
        Of(1, 800, 512, new() { Layers = 2, Width = 64, Heads = 4, Context = 64, Mlp = new() { Kind = MlpKind.Gelu }, Position = new() { Kind = PositionKind.Rope } }, lr: 5e-3),
        Of(2, 900, 384, new() { Layers = 3, Width = 48, Heads = 3, Context = 32, Mlp = new() { Kind = MlpKind.Swiglu }, Norm = new() { Kind = NormKind.Rms }, Position = new() { Kind = PositionKind.Rope }, TieEmbeddings = false }, lr: 4e-3),
    ];

    /// <summary>Steps of a run.</summary>
    public int Steps => (int)Options.Steps;

    private static Scale Of(int number, int steps, int batch, ModelConfig model, double lr) => new(number, new()
    {
        Model = model,
        Vocab = FaultCorpus.Vocab,
        Optimizer = new() { Lr = lr },
        Schedule = new() { Warmup = 0.08 },
        BatchTokens = batch,
        Steps = steps,
    });
}
