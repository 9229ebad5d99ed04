using Anneal.Runs.Yaml;

namespace Anneal.Runs.Recipes;

/// <summary>One scalar of a recipe: its dotted name, its type, and its place in <see cref="Recipe"/>.</summary>
public sealed class RecipeKey
{
    private readonly Func<Recipe, YamlValue, Recipe> set;
    private readonly Func<Recipe, string> get;

    private RecipeKey(string name, string expectation, Func<Recipe, string> get, Func<Recipe, YamlValue, Recipe> set) =>
        (Name, Expectation, this.get, this.set) = (name, expectation, get, set);

    /// <summary>For example <c>model.kv_heads</c>, <c>optimizer.betas.0</c>.</summary>
    public string Name { get; }

    /// <summary>What a valid value is: <c>a whole number from 1 to 64</c>.</summary>
    public string Expectation { get; }

    /// <summary>The recipe's value, as a YAML scalar.</summary>
    public string Get(Recipe recipe) => get(recipe);

    /// <summary>The recipe with another value; a wrong one is noted at <paramref name="value"/> and changes nothing.</summary>
    internal Recipe Set(Recipe recipe, YamlValue value) => set(recipe, value);

    internal static RecipeKey Of<T>(string name, Scalar<T> type, Func<Recipe, T> get, Func<Recipe, T, Recipe> set) => new(
        name,
        type.Expectation,
        recipe => type.Write(get(recipe)),
        (recipe, value) => YamlMap.TryRead(value, name, type, out var result) ? set(recipe, result) : recipe);
}
