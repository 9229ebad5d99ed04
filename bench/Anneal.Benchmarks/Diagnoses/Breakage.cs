using Anneal.Data.Tokenizer;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Benchmarks.Diagnoses;

/// <summary>Trains a tiny model in this process, breaks it as told, and lets the shipped monitor watch; what it emits lies in a run's folder.</summary>
internal static class Breakage
{
    private const int BlockStatisticsEvery = 20;

    /// <summary>A healthy recipe: a model of two blocks on made-up text, some seconds of one core.</summary>
    public static Recipe Healthy { get; } = new()
    {
        Model = new() { Layers = 2, Width = 32, Heads = 2, Context = 32 },
        Optimizer = new() { Lr = 3e-3 },
        Tokenizer = new() { Kind = TokenizerKind.Bytes, Vocab = CorruptibleShard.Vocab },
        Data = new() { BatchTokens = 256 },
        Budget = new() { Tokens = 256 * BrokenRun.Steps },
    };

    /// <summary>One run.</summary>
    /// <param name="broken">How it is broken; null for the healthy run.</param>
    /// <param name="run">Its folder.</param>
    /// <param name="reference">The healthy run's learning curve, as in a screening.</param>
    /// <returns>The incident that a diagnosis is about: what the monitor acted on, else its first warning, else null.</returns>
    public static Incident? Train(BrokenRun? broken, RunDirectory run, IReadOnlyList<ReferencePoint> reference)
    {
        Directory.CreateDirectory(run.Root);
        var recipe = broken?.Recipe(Healthy) ?? Healthy;
        File.WriteAllText(run.RecipePath, recipe.ToYaml());
        using var shard = new CorruptibleShard();
        using var trainer = new Trainer(RunLength.ToOptions(recipe, CorruptibleShard.Vocab, BrokenRun.Steps, threads: 1), new TokenStream(shard.Shard, orderSeed: 3));
        using var writer = new MetricsWriter(run.MetricsPath);
        var monitor = new Monitor(new MonitorOptions { Steps = BrokenRun.Steps, Policy = MonitorPolicy.Stop, Reference = reference });
        var seen = new List<Incident>();
        for (var step = 1; step <= BrokenRun.Steps; step++)
        {
            broken?.Before?.Invoke(trainer, shard, step);
            var metrics = Metrics(trainer.Step(), trainer);
            writer.Write(metrics);
            foreach (var incident in monitor.Observe(metrics))
            {
                incident.AppendTo(run.IncidentsPath);
                seen.Add(incident);
                if (incident.Action == IncidentAction.Stop) return incident;
            }
        }
        return seen.FirstOrDefault();
    }

    private static StepMetrics Metrics(StepReport report, Trainer trainer)
    {
        var metrics = StepMetrics.Of(report);
        if (report.Step % BlockStatisticsEvery != 0) return metrics;
        return metrics with { Extra = trainer.BlockStats().SelectMany(block => (KeyValuePair<string, double>[])[new($"train/param_norm/{block.Block}", block.ParamNorm), new($"model/act_rms/{block.Block}", block.ActRms)]).ToDictionary() };
    }
}
