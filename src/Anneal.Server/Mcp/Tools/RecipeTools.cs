using System.Text.Json.Nodes;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Server.Mcp.Tools;

/// <summary>Recipes: what may stand in one, and whether one is right.</summary>
internal static class RecipeTools
{
    public static IEnumerable<LabTool> Of(McpLab lab)
    {
        yield return new("recipe_keys", "Every key of a recipe with what is valid and its default. `prefix` narrows it: optimizer, model.mlp.", Hints.Reads,
            Schema.Input(("prefix", Schema.Text("Only keys that begin so.").Sized(1, 100))),
            Schema.Output(("keys*", Schema.List("In canonical order.", Schema.Output(("key*", Schema.Text("Dotted name.")), ("expects*", Schema.Text("What is valid.")), ("default*", Schema.Text("YAML scalar.")))))),
            (call, _) => Task.FromResult(Keys(call.Text("prefix"))), lab.Log);
        yield return new("recipe_check", "Checks a recipe, given as a file or as text, with overrides; returns it resolved, every default written out. Runs nothing.", Hints.Reads,
            Schema.Input(("recipe", Schema.Text("A recipe's YAML file.").Sized(1, 1000)), ("yaml", Schema.Text("Or its text.").Sized(1, 64 * 1024)), ("set", Schema.List("Overrides.", Schema.Text("section.key=value")))),
            Schema.Output(("valid*", Schema.Flag("It can be run.")), ("problems*", Schema.List("Each with its place and a way out.", Schema.Text("A problem."))), ("resolved*", Schema.Text("The recipe in full; null where it cannot be read.").OrNull())),
            (call, _) => Task.FromResult(Check(lab, call)), lab.Log);
    }

    private static JsonObject Keys(string? prefix)
    {
        var plain = new Recipe();
        var keys = RecipeKeys.All.Where(key => prefix is null || key.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        if (keys.Count == 0) throw new InputException("prefix", $"no recipe key begins with `{prefix}`; {NearestWord.Hint(prefix!, [.. RecipeKeys.All.Select(key => key.Name.Split('.')[0]).Distinct()])}");
        return new JsonObject
        {
            ["keys"] = new JsonArray([.. keys.Select(key => new JsonObject { ["key"] = key.Name, ["expects"] = key.Expectation, ["default"] = key.Get(plain) })]),
        };
    }

    private static JsonObject Check(McpLab lab, ToolCall call)
    {
        if (call.Text("recipe") is null == call.Text("yaml") is null) throw new InputException("recipe", "and yaml: name exactly one of them");
        try
        {
            var recipe = call.Text("yaml") is { } yaml
                ? RecipeFile.Parse(yaml, "yaml").With(call.Texts("set"))
                : RecipeFile.Load(lab.Paths.Inside(call.Required("recipe")), call.Texts("set"));
            return Document(RecipeRules.Check(recipe).Select(problem => problem.ToString()), recipe.ToYaml());
        }
        catch (InputException wrong)
        {
            return Document(wrong.Errors.Select(error => error.ToString()), null);
        }
    }

    private static JsonObject Document(IEnumerable<string> problems, string? resolved)
    {
        var found = new JsonArray([.. problems.Select(problem => JsonValue.Create(problem))]);
        return new JsonObject { ["valid"] = found.Count == 0, ["problems"] = found, ["resolved"] = resolved };
    }
}
