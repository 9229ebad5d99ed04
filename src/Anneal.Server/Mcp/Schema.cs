using System.Text.Json.Nodes;

namespace Anneal.Server.Mcp;

/// <summary>JSON schemas in as few words as they need.</summary>
internal static class Schema
{
    /// <summary>An input: these properties and no others; those whose name ends with <c>*</c> are required.</summary>
    public static JsonObject Input(params (string Name, JsonObject Schema)[] properties) => Object(properties, closed: true);

    /// <summary>An output: at least these properties. Keys may be added later.</summary>
    public static JsonObject Output(params (string Name, JsonObject Schema)[] properties) => Object(properties, closed: false);

    public static JsonObject Text(string description) => Of("string", description);

    public static JsonObject Number(string description) => Of("number", description);

    public static JsonObject Flag(string description) => Of("boolean", description);

    public static JsonObject Whole(string description, long min, long max)
    {
        var schema = Of("integer", description);
        (schema["minimum"], schema["maximum"]) = (min, max);
        return schema;
    }

    public static JsonObject OneOf(string description, params string[] words)
    {
        var schema = Of("string", description);
        schema["enum"] = new JsonArray([.. words.Select(word => JsonValue.Create(word))]);
        return schema;
    }

    public static JsonObject List(string description, JsonObject items)
    {
        var schema = Of("array", description);
        schema["items"] = items;
        return schema;
    }

    /// <summary>An object of free names.</summary>
    public static JsonObject Map(string description, JsonObject values)
    {
        var schema = Of("object", description);
        schema["additionalProperties"] = values;
        return schema;
    }

    /// <summary>The same, or null.</summary>
    public static JsonObject OrNull(this JsonObject schema)
    {
        var type = schema["type"]!.GetValue<string>();
        schema["type"] = new JsonArray(type, "null");
        return schema;
    }

    /// <summary>The same with bounds on its length.</summary>
    public static JsonObject Sized(this JsonObject schema, int least, int most)
    {
        (schema["minLength"], schema["maxLength"]) = (least, most);
        return schema;
    }

    /// <summary>The same with a default, which the description names too.</summary>
    public static JsonObject Default(this JsonObject schema, JsonNode value)
    {
        schema["default"] = value;
        return schema;
    }

    private static JsonObject Of(string type, string description) => new() { ["type"] = type, ["description"] = description };

    private static JsonObject Object((string Name, JsonObject Schema)[] properties, bool closed)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Name.TrimEnd('*'), (JsonNode?)property.Schema))),
            ["required"] = new JsonArray([.. properties.Where(property => property.Name.EndsWith('*')).Select(property => JsonValue.Create(property.Name.TrimEnd('*')))]),
        };
        if (closed) schema["additionalProperties"] = false;
        return schema;
    }
}
