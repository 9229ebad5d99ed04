using System.Text.Json.Serialization;
using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;

namespace Anneal.Engine.Training;

/// <summary>Everything that defines a training run but its data.</summary>
public sealed record TrainerOptions
{
    /// <summary>Shape and parts of the model.</summary>
    public ModelConfig Model { get; init; } = new();

    /// <summary>Number of token ids, 2 to 65536.</summary>
    public required int Vocab { get; init; }

    /// <summary>Optimizer and its constants.</summary>
    public OptimizerConfig Optimizer { get; init; } = new();

    /// <summary>Learning rate over the run.</summary>
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>Tokens a step; a positive multiple of the model's context.</summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>Steps of the whole run, 1 or more; the schedule spans them.</summary>
    public required long Steps { get; init; }

    /// <summary>Seed of the initial weights.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads; the result does not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Code of proposals that the run is trained with, by hash; null for none. The parts themselves go to the trainer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CodeConfig? Code { get; init; }

    /// <summary>Throws the first rule that the options break.</summary>
    internal void Demand()
    {
        ModelRules.Demand(Model, Vocab);
        if (OptimizerRules.Check(Optimizer) is [var optimizer, ..]) throw new ArgumentException($"optimizer.{optimizer.Key}: {optimizer.Message}");
        if (ScheduleRules.Check(Schedule) is [var schedule, ..]) throw new ArgumentException($"schedule.{schedule.Key}: {schedule.Message}");
        if (BatchTokens < 1 || BatchTokens % Model.Context != 0)
            throw new ArgumentException($"data.batch_tokens: {BatchTokens} is no positive multiple of model.context = {Model.Context}.");
        if (Steps < 1) throw new ArgumentException($"steps: {Steps}; expected 1 or more.");
        if (Threads < 1) throw new ArgumentException($"threads: {Threads}; expected 1 or more.");
    }
}
