using Anneal.Runs.Yaml;

namespace Anneal.Runs.Recipes;

/// <summary>Recipes as YAML files.</summary>
public static class RecipeFile
{
    /// <summary>
    /// Reads a recipe, applies overrides (<c>section.key=value</c>) and checks the rules. Anything wrong: one
    /// <see cref="InputException"/> with all that was found, at its place in the file.
    /// </summary>
    public static Recipe Load(string path, IEnumerable<string>? overrides = null)
    {
        var reader = YamlReader.Open(path);
        var recipe = Read(reader).With(overrides ?? []);
        foreach (var problem in RecipeRules.Check(recipe))
        {
            var (line, column) = Place(reader.Root, problem.Key);
            reader.Fail(line, column, problem.ToString());
        }
        reader.ThrowIfFailed();
        return recipe;
    }

    /// <summary>Reads a recipe from a text: keys, types and ranges are checked, <see cref="RecipeRules"/> are not. <paramref name="name"/> stands for the file in messages.</summary>
    public static Recipe Parse(string text, string name) => Read(YamlReader.Parse(text, name));

    /// <summary>The recipe with changes by dotted key, each value a YAML scalar. A wrong key or value: <see cref="InputException"/> whose file is <paramref name="source"/>.</summary>
    public static Recipe With(this Recipe recipe, IReadOnlyDictionary<string, string> changes, string source = "change")
    {
        var errors = new List<InputError>();
        foreach (var (key, value) in changes)
        {
            var argument = YamlReader.ReadArgument(source, value);
            recipe = RecipeBinder.Apply(recipe, key, argument);
            errors.AddRange(argument.Reader.Errors);
        }
        return errors.Count == 0 ? recipe : throw new InputException(errors);
    }

    /// <summary>The recipe with <c>--set</c> arguments, each <c>section.key=value</c>; later ones win.</summary>
    public static Recipe With(this Recipe recipe, IEnumerable<string> assignments)
    {
        var changes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new InputException("--set", $"`{assignment}` has no value: expected section.key=value, for example optimizer.lr=0.003");
            changes[assignment[..equals].Trim()] = assignment[(equals + 1)..];
        }
        return recipe.With(changes, "--set");
    }

    private static Recipe Read(YamlReader reader)
    {
        var recipe = RecipeBinder.Apply(new Recipe(), reader.Root, "");
        reader.ThrowIfFailed();
        return recipe;
    }

    // Where a key is written: itself, or the nearest section above it; the top of the file where neither is.
    private static (int Line, int Column) Place(YamlMap map, string key)
    {
        foreach (var entry in map.Entries)
        {
            if (entry.Key == key || (entry.Value is YamlList && key.StartsWith($"{entry.Key}.", StringComparison.Ordinal))) return (entry.Value.Line, entry.Value.Column);
            if (!key.StartsWith($"{entry.Key}.", StringComparison.Ordinal)) continue;
            var inner = entry.Value is YamlMap section ? Place(section, key[(entry.Key.Length + 1)..]) : (Line: 1, Column: 1);
            return inner == (1, 1) ? (entry.Line, entry.Column) : inner;
        }
        return (1, 1);
    }
}
