using Anneal.Data.Tokenizer;
using Anneal.Engine.Models;
using Anneal.Engine.Training;

namespace Anneal.Runs.Recipes;

/// <summary>What a recipe's values must satisfy together.</summary>
public static class RecipeRules
{
    /// <summary>Everything that makes the recipe impossible to run, each with its values and a way out; empty for a sound recipe.</summary>
    public static IReadOnlyList<RecipeProblem> Check(Recipe recipe)
    {
        var problems = new List<RecipeProblem>();
        CheckModel(recipe.Model, problems);
        CheckSchedule(recipe.Schedule, problems);
        CheckData(recipe, problems);
        CheckBudget(recipe, problems);
        return problems;
    }

    private static void CheckModel(ModelConfig model, List<RecipeProblem> problems)
    {
        if (model.Width % model.Heads != 0)
            problems.Add(new("model.width", $"width {model.Width} is not a multiple of heads {model.Heads}; {Multiples(model.Width, model.Heads, "width")}"));
        else if (model.Position.Kind == PositionKind.Rope && model.Width / model.Heads % 2 != 0)
            problems.Add(new("model.heads", $"head width {model.Width / model.Heads} (width {model.Width} / heads {model.Heads}) is odd, but rope turns pairs; choose heads so that width / heads is even, or position.kind learned"));
        if (model.KvHeads > 0 && model.Heads % model.KvHeads != 0)
            problems.Add(new("model.kv_heads", $"kv_heads {model.KvHeads} does not divide heads {model.Heads}; use {string.Join(", ", Divisors(model.Heads))}, or 0 for as many as heads"));
        var hidden = Math.Round(model.Mlp.Ratio * model.Width * (model.Mlp.Kind == MlpKind.Swiglu ? 2.0 / 3 : 1));
        if (hidden < 1)
            problems.Add(new("model.mlp.ratio", $"mlp.ratio {model.Mlp.Ratio} gives a hidden width of {hidden} at width {model.Width}; raise the ratio (4 is usual)"));
    }

    private static void CheckSchedule(ScheduleConfig schedule, List<RecipeProblem> problems)
    {
        if (schedule.Kind == ScheduleKind.Wsd && schedule.Warmup + schedule.Decay > 1)
            problems.Add(new("schedule.decay", $"warmup {schedule.Warmup} and decay {schedule.Decay} add up to {schedule.Warmup + schedule.Decay} of the run; they may take at most 1"));
    }

    private static void CheckData(Recipe recipe, List<RecipeProblem> problems)
    {
        var (batch, context) = (recipe.Data.BatchTokens, recipe.Model.Context);
        if (batch % context != 0)
            problems.Add(new("data.batch_tokens", $"batch_tokens {batch} is not a multiple of context {context}; {Multiples(batch, context, "batch_tokens")}"));
        if (recipe.Data.Mixture.Count > 0 && recipe.Data.Mixture.Values.Sum() <= 0)
            problems.Add(new("data.mixture", "all weights of the mixture are 0; give at least one domain a weight above 0, or leave the mixture empty"));
        if (recipe.Tokenizer is { Kind: TokenizerKind.Bpe, Vocab: < 257 })
            problems.Add(new("tokenizer.vocab", $"vocab {recipe.Tokenizer.Vocab} cannot hold 256 bytes and the end-of-text token; use at least 257"));
    }

    private static void CheckBudget(Recipe recipe, List<RecipeProblem> problems)
    {
        var budget = recipe.Budget;
        var set = new List<string>();
        if (budget.Tokens is not null) set.Add($"tokens {budget.Tokens}");
        if (budget.Flops is not null) set.Add($"flops {budget.Flops}");
        if (budget.Seconds is not null) set.Add($"seconds {budget.Seconds}");
        if (set.Count == 0) problems.Add(new("budget", "the budget is not set; set one of budget.tokens, budget.flops, budget.seconds"));
        if (set.Count > 1) problems.Add(new("budget", $"the budget is set {set.Count} times ({string.Join(", ", set)}); keep one and set the others to null"));
        if (budget.Tokens < recipe.Data.BatchTokens)
            problems.Add(new("budget.tokens", $"tokens {budget.Tokens} is less than one batch of {recipe.Data.BatchTokens}; raise budget.tokens or lower data.batch_tokens"));
    }

    private static string Multiples(int value, int unit, string name) =>
        value < unit ? $"the least {name} is {unit}" : $"near it are {value / unit * unit} and {(value / unit + 1) * unit}";

    private static IEnumerable<int> Divisors(int number) => Enumerable.Range(1, number).Where(d => number % d == 0);
}

/// <summary>Values that do not go together.</summary>
/// <param name="Key">The recipe key to change first.</param>
/// <param name="Message">The values, the rule, and a way out.</param>
public sealed record RecipeProblem(string Key, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Message}";
}
