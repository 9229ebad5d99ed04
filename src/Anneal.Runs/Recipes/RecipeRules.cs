using Anneal.Data.Tokenizer;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Engine.Training;

namespace Anneal.Runs.Recipes;

/// <summary>What a recipe's values must satisfy together.</summary>
public static class RecipeRules
{
    /// <summary>Everything that makes the recipe impossible to run, each with its values and a way out; empty for a sound recipe.</summary>
    public static IReadOnlyList<RecipeProblem> Check(Recipe recipe)
    {
        var problems = new List<RecipeProblem>();
        Add("model", ModelRules.Check(recipe.Model, recipe.Tokenizer.Kind == TokenizerKind.Bytes ? 257 : recipe.Tokenizer.Vocab));
        Add("optimizer", OptimizerRules.Check(recipe.Optimizer));
        Add("schedule", ScheduleRules.Check(recipe.Schedule));
        CheckData(recipe, problems);
        CheckBudget(recipe, problems);
        return problems;

        void Add(string section, IReadOnlyList<ConfigError> errors) =>
            problems.AddRange(errors.Select(e => new RecipeProblem($"{section}.{e.Key}", e.Message.TrimEnd('.'))));
    }

    private static void CheckData(Recipe recipe, List<RecipeProblem> problems)
    {
        var (batch, context) = (recipe.Data.BatchTokens, recipe.Model.Context);
        if (context > 0 && batch % context != 0)
            problems.Add(new("data.batch_tokens", $"{batch} is not a multiple of model.context {context}; {(batch < context ? $"the least is {context}" : $"near it are {batch / context * context} and {(batch / context + 1) * context}")}"));
        if (recipe.Data.Mixture.Count > 0 && recipe.Data.Mixture.Values.Sum() <= 0)
            problems.Add(new("data.mixture", "all weights are 0; give at least one domain a weight above 0, or leave the mixture empty"));
    }

    private static void CheckBudget(Recipe recipe, List<RecipeProblem> problems)
    {
        var budget = recipe.Budget;
        var set = new List<string>();
        if (budget.Tokens is not null) set.Add($"tokens {budget.Tokens}");
        if (budget.Flops is not null) set.Add($"flops {budget.Flops}");
        if (budget.Seconds is not null) set.Add($"seconds {budget.Seconds}");
        if (set.Count == 0) problems.Add(new("budget", "not set; set one of budget.tokens, budget.flops, budget.seconds"));
        if (set.Count > 1) problems.Add(new("budget", $"set {set.Count} times ({string.Join(", ", set)}); keep one and set the others to null"));
        if (budget.Tokens < recipe.Data.BatchTokens)
            problems.Add(new("budget.tokens", $"{budget.Tokens} is less than one batch of {recipe.Data.BatchTokens}; raise it, or lower data.batch_tokens"));
    }
}

/// <summary>Values that do not go together.</summary>
/// <param name="Key">The recipe key to change first.</param>
/// <param name="Message">The values, the rule, and a way out.</param>
public sealed record RecipeProblem(string Key, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"`{Key}`: {Message}";
}
