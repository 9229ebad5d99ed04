using Anneal.Runs.Yaml;

namespace Anneal.Runs.Recipes;

/// <summary>Puts YAML values into a recipe by the table of keys; what does not fit is noted at its place in the file.</summary>
internal static class RecipeBinder
{
    /// <summary>Applies every entry of a mapping; <paramref name="prefix"/> is the dotted name of the mapping, empty at the root.</summary>
    public static Recipe Apply(Recipe recipe, YamlMap map, string prefix)
    {
        foreach (var entry in map.Entries)
        {
            var name = prefix.Length == 0 ? entry.Key : $"{prefix}.{entry.Key}";
            if (!IsName(name)) entry.Value.Reader.Fail(entry.Line, entry.Column, $"unknown key `{name}`; {Hint(name, prefix)}");
            else recipe = Apply(recipe, name, entry.Value);
        }
        return recipe;
    }

    /// <summary>Applies one value under a dotted name: a scalar, a list, or a section.</summary>
    public static Recipe Apply(Recipe recipe, string name, YamlValue value)
    {
        if (RecipeKeys.Find(name) is { } key) return key.Set(recipe, value);
        if (name.StartsWith($"{RecipeKeys.Mixture}.", StringComparison.Ordinal)) return WithWeight(recipe, name, value);
        if (!IsName(name))
        {
            value.Fail($"unknown key `{name}`; {RecipeKeys.Hint(name)}");
            return recipe;
        }
        var words = RecipeKeys.WordsUnder(name);
        var isList = words.First() == "0";
        if (name == RecipeKeys.Mixture && value is YamlMap or YamlText { Plain: true, Text: "" or "null" or "~" or "{}" })
            recipe = recipe with { Data = recipe.Data with { Mixture = new Dictionary<string, double>(StringComparer.Ordinal) } };
        switch (value)
        {
            case YamlMap section when !isList:
                return Apply(recipe, section, name);
            case YamlList list when isList && list.Items.Count == words.Count:
                return list.Items.Select((item, i) => (item, i)).Aggregate(recipe, (r, x) => Apply(r, $"{name}.{x.i}", x.item));
            case YamlText { Plain: true, Text: "" or "null" or "~" or "{}" } when !isList:
                return recipe;
            default:
                var found = value is YamlList { Items.Count: var count } ? $"a list of {count}" : value.Description;
                value.Fail(YamlMap.Wrong(name, found, isList
                    ? $"a list of {words.Count} numbers"
                    : name == RecipeKeys.Mixture ? "a mapping of domains to weights" : $"a mapping with the keys {string.Join(", ", words)}", null));
                return recipe;
        }
    }

    private static bool IsName(string name) =>
        RecipeKeys.Find(name) is not null
        || name == RecipeKeys.Mixture
        || name.StartsWith($"{RecipeKeys.Mixture}.", StringComparison.Ordinal)
        || RecipeKeys.All.Any(k => k.Name.StartsWith($"{name}.", StringComparison.Ordinal));

    private static Recipe WithWeight(Recipe recipe, string name, YamlValue value)
    {
        if (!YamlMap.TryRead(value, name, RecipeKeys.Weight, out var weight)) return recipe;
        var mixture = new Dictionary<string, double>(recipe.Data.Mixture, StringComparer.Ordinal) { [name[(RecipeKeys.Mixture.Length + 1)..]] = weight };
        return recipe with { Data = recipe.Data with { Mixture = mixture } };
    }

    // Within a section its own words are likelier than the same word elsewhere.
    private static string Hint(string name, string prefix)
    {
        var word = prefix.Length == 0 ? name : name[(prefix.Length + 1)..];
        return NearestWord.Find(word, RecipeKeys.WordsUnder(prefix)) is { } near ? $"did you mean `{near}`?" : RecipeKeys.Hint(name);
    }
}
