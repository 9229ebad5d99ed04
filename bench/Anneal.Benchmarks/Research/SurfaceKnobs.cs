using Anneal.Benchmarks.Proxies;
using Anneal.Lab;
using Anneal.Lab.Research.Search;
using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Research;

/// <summary>The knobs over which real runs were made: ranges wide enough to hold regions that fail.</summary>
internal static class SurfaceKnobs
{
    /// <summary>The short rung, as a share of the full budget.</summary>
    public const double Rung = 0.25;

    public static readonly KnobSpace Space = new(
    [
        new("optimizer.lr", KnobType.Float, 2e-4, 0.2, true, []),
        new("optimizer.betas.0", KnobType.Float, 0.5, 0.98, false, []),
        new("optimizer.betas.1", KnobType.Float, 0.8, 0.999, false, []),
        new("optimizer.weight_decay", KnobType.Float, 0.01, 3, true, []),
        new("optimizer.groups.embedding", KnobType.Float, 0.1, 30, true, []),
        new("schedule.warmup", KnobType.Float, 0, 0.5, false, []),
        new("schedule.floor", KnobType.Float, 0, 0.8, false, []),
        new("model.init_std", KnobType.Float, 0.003, 0.4, true, []),
        new("model.mlp.ratio", KnobType.Float, 1, 6, false, []),
        new("model.layers", KnobType.Int, 1, 4, false, []),
        new("data.batch_tokens", KnobType.Choice, 0, 0, false, ["64", "128", "256", "512"]),
    ], searched: 11);

    public static Recipe Recipe(double[] point) => ProxyBaseline.Reduced().With(
        Space.Knobs.Select((k, j) => (k.Key, Value: Space.Decode(j, point[j]))).ToDictionary(p => p.Key, p => p.Value)).With(["budget.flops=6e10"]);
}
