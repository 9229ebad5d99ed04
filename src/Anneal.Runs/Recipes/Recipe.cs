using Anneal.Data.Tokenizer;
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

    /// <summary>Seed of the initialisation (and of the data order, unless <see cref="DataConfig.OrderSeed"/> is set).</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>What the run reads, in which order.</summary>
public sealed record DataConfig
{
    /// <summary><c>dotnet-docs</c>, <c>man-pages</c>, or a path to text.</summary>
    public string Corpus { get; init; } = "dotnet-docs";

    /// <summary>Tokens a step; a multiple of the model's context.</summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>Weight by domain; empty means every document once an epoch, as it comes.</summary>
    public IReadOnlyDictionary<string, double> Mixture { get; init; } = new Dictionary<string, double>();

    /// <summary>Seed of the document order; null takes the recipe's seed.</summary>
    public long? OrderSeed { get; init; }
}

/// <summary>Length of the run; exactly one is set.</summary>
public sealed record BudgetConfig
{
    /// <summary>Training tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>Counted floating-point operations of training: forward, backward and update.</summary>
    public double? Flops { get; init; }

    /// <summary>Wall-clock seconds of training. Not reproducible; never used inside a study.</summary>
    public double? Seconds { get; init; }
}

/// <summary>Evaluations during the run.</summary>
public sealed record EvalConfig
{
    /// <summary>Steps between evaluation checkpoints; 0 evaluates at the end only.</summary>
    public int Every { get; init; }
}
