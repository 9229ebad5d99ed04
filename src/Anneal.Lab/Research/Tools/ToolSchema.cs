using System.Text.Json.Nodes;

namespace Anneal.Lab.Research.Tools;

/// <summary>Builds strict input schemas: every property described, nothing beyond them.</summary>
internal static class ToolSchema
{
    /// <summary>An object of these properties; a name that ends in <c>?</c> may be left out.</summary>
    public static JsonObject Object(params IEnumerable<(string Name, JsonObject Type)> properties)
    {
        var all = properties.ToList();
        return new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(all.Select(property => KeyValuePair.Create(property.Name.TrimEnd('?'), (JsonNode?)property.Type))),
            ["required"] = new JsonArray([.. all.Where(property => !property.Name.EndsWith('?')).Select(property => (JsonNode)property.Name)]),
            ["additionalProperties"] = false,
        };
    }

    public static JsonObject Text(string description, int most = 400) => new() { ["type"] = "string", ["description"] = description, ["minLength"] = 1, ["maxLength"] = most };

    public static JsonObject Word(string description, params IEnumerable<string> words) =>
        new() { ["type"] = "string", ["description"] = description, ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };

    public static JsonObject Whole(string description, int least, int most) => new() { ["type"] = "integer", ["description"] = description, ["minimum"] = least, ["maximum"] = most };

    public static JsonObject Number(string description) => new() { ["type"] = "number", ["description"] = description };

    public static JsonObject Number(string description, double least, double most) => new() { ["type"] = "number", ["description"] = description, ["minimum"] = least, ["maximum"] = most };

    /// <summary>Recipe keys and their new values.</summary>
    public static JsonObject Change(string description) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean"), ["description"] = "New value, a YAML scalar." },
    };
}
