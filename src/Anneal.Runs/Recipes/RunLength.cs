using Anneal.Engine.Training;

namespace Anneal.Runs.Recipes;

/// <summary>How long a recipe's run is, and what it costs; counted, without training anything.</summary>
public static class RunLength
{
    /// <summary>
    /// Steps of the whole run, at least 1: the budget divided by what a step takes, rounded down. A budget in seconds has no
    /// such number: <see cref="InvalidOperationException"/>; a worker measures it.
    /// </summary>
    /// <param name="recipe">A sound recipe.</param>
    /// <param name="vocab">The tokenizer's vocabulary, which may be smaller than the recipe asks for.</param>
    public static int Steps(Recipe recipe, int vocab) => Steps(recipe, recipe.Budget.Flops is null ? 0 : FlopsPerStep(recipe, vocab));

    /// <summary>Steps of the whole run, where it is known what one costs.</summary>
    /// <param name="recipe">A sound recipe.</param>
    /// <param name="flopsPerStep">Floating-point operations of a step.</param>
    public static int Steps(Recipe recipe, double flopsPerStep)
    {
        var steps = recipe.Budget switch
        {
            { Tokens: { } tokens } => tokens / recipe.Data.BatchTokens,
            { Flops: { } flops } => Math.Floor(flops / flopsPerStep),
            _ => throw new InvalidOperationException("A budget in seconds has no number of steps before the run's speed is measured."),
        };
        return (int)Math.Clamp(steps, 1, int.MaxValue);
    }

    /// <summary>Floating-point operations of a step: forward, backward, clip, update. Code of proposals is counted where it runs: <see cref="ArgumentException"/> here.</summary>
    public static double FlopsPerStep(Recipe recipe, int vocab) => Trainer.CountFlopsPerStep(ToOptions(recipe, vocab, 1, 1));

    /// <summary>Learned numbers of the recipe's model.</summary>
    public static long Parameters(Recipe recipe, int vocab) => Trainer.CountParameters(recipe.Model, vocab);

    /// <summary>What the engine needs to know of a recipe.</summary>
    public static TrainerOptions ToOptions(Recipe recipe, int vocab, long steps, int threads) => new()
    {
        Model = recipe.Model,
        Vocab = vocab,
        Optimizer = recipe.Optimizer,
        Schedule = recipe.Schedule,
        BatchTokens = recipe.Data.BatchTokens,
        Steps = steps,
        Seed = recipe.Seed,
        Threads = threads,
        Code = recipe.Code.IsEmpty ? null : recipe.Code,
    };
}
