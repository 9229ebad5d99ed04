using Anneal.Data.Tokenizer;
using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Engine.Training;

namespace Anneal.Runs.Recipes;

/// <summary>Everything that defines a run. In YAML the names are in snake case: <c>model.kv_heads</c>.</summary>
public sealed record Recipe
{
    /// <summary>Architecture.</summary>
    public ModelConfig Model { get; init; } = new();

    /// <summary>Optimizer and its constants.</summary>
    public OptimizerConfig Optimizer { get; init; } = new();

    /// <summary>Learning rate over the run.</summary>
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>Tokenizer, trained on the corpus's train split.</summary>
    public TokenizerConfig Tokenizer { get; init; } = new();

    /// <summary>Corpus, batch, mixture and order.</summary>
    public DataConfig Data { get; init; } = new();

    /// <summary>How long the run is: one of tokens, flops, seconds.</summary>
    public BudgetConfig Budget { get; init; } = new();

    /// <summary>Evaluations on the way.</summary>
    public EvalConfig Eval { get; init; } = new();

    /// <summary>Parts that are code of proposals; none by default.</summary>
    public CodeConfig Code { get; init; } = new();

    /// <summary>Seed of the initialisation (and of the data order, unless <see cref="DataConfig.OrderSeed"/> is set).</summary>
    public long Seed { get; init; } = 1;
}
