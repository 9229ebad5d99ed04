using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Runs;

namespace Anneal.Lab.Providers;

/// <summary>
/// Checks a tool's input against its JSON schema, and says what is wrong in a way that a model can mend: the path, the value,
/// what was expected, the nearest word. It knows the keywords below; a schema with others is refused when the tool is offered.
/// </summary>
public static class InputSchema
{
    private const int MostProblems = 12;

    private static readonly string[] keywords =
    [
        "type", "description", "title", "default", "examples", "properties", "required", "additionalProperties", "enum", "const",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "items", "minItems", "maxItems", "anyOf",
    ];

    /// <summary>Throws where a schema says something that is not checked here.</summary>
    /// <param name="schema">A tool's input schema.</param>
    /// <param name="tool">Its name, for the message.</param>
    public static void Require(JsonObject schema, string tool)
    {
        foreach (var (keyword, value) in schema)
        {
            if (!keywords.Contains(keyword, StringComparer.Ordinal))
                throw new ArgumentException($"tool {tool}: schema keyword `{keyword}` is not checked; {NearestWord.Hint(keyword, keywords)}", nameof(schema));
            var nested = (keyword, value) switch
            {
                ("properties", JsonObject properties) => properties.Select(p => p.Value),
                ("items", JsonObject) => [value],
                ("anyOf", JsonArray choices) => choices,
                ("additionalProperties", JsonObject) => [value],
                _ => [],
            };
            foreach (var inner in nested) Require(inner!.AsObject(), tool);
        }
    }

    /// <summary>What is wrong, one sentence each; empty where all is right.</summary>
    /// <param name="schema">A tool's input schema.</param>
    /// <param name="input">What a model sent.</param>
    public static IReadOnlyList<string> Check(JsonObject schema, JsonElement input)
    {
        var problems = new List<string>();
        Check(schema, input, "input", problems);
        return problems.Count <= MostProblems ? problems : [.. problems.Take(MostProblems), $"and {problems.Count - MostProblems} more"];
    }

    private static void Check(JsonObject schema, JsonElement value, string path, List<string> problems)
    {
        if (schema["anyOf"] is JsonArray choices)
        {
            var tries = choices.Select(choice => Problems(choice!.AsObject(), value, path)).ToList();
            if (!tries.Exists(found => found.Count == 0)) problems.AddRange(tries.MinBy(found => found.Count)!);
            return;
        }
        if (schema["type"] is { } type && !Types(type).Any(name => Is(name, value)))
        {
            problems.Add($"{path} is {Show(value)}: expected {string.Join(" or ", Types(type).Select(Name))}");
            return;
        }
        if (schema["enum"] is JsonArray words && !words.Any(word => Same(word, value)))
            problems.Add($"{path} is {Show(value)}: {Hint(value, [.. words.Select(word => word is null ? "null" : word.GetValueKind() == JsonValueKind.String ? word.GetValue<string>() : word.ToJsonString())])}");
        if (schema["const"] is { } only && !Same(only, value)) problems.Add($"{path} is {Show(value)}: expected {only.ToJsonString()}");
        switch (value.ValueKind)
        {
            case JsonValueKind.Number: CheckNumber(schema, value.GetDouble(), path, problems); break;
            case JsonValueKind.String: CheckLength(schema, new StringInfo(value.GetString()!).LengthInTextElements, "Length", "characters", path, problems); break;
            case JsonValueKind.Array:
                CheckLength(schema, value.GetArrayLength(), "Items", "items", path, problems);
                if (schema["items"] is JsonObject items)
                    foreach (var (i, item) in value.EnumerateArray().Index()) Check(items, item, $"{path}[{i}]", problems);
                break;
            case JsonValueKind.Object: CheckObject(schema, value, path, problems); break;
        }
    }

    private static List<string> Problems(JsonObject schema, JsonElement value, string path)
    {
        var found = new List<string>();
        Check(schema, value, path, found);
        return found;
    }

    private static void CheckObject(JsonObject schema, JsonElement value, string path, List<string> problems)
    {
        var properties = schema["properties"] as JsonObject ?? [];
        var sent = value.EnumerateObject().Select(p => p.Name).ToList();
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(n => n!.GetValue<string>()).Where(name => !sent.Contains(name)))
            problems.Add($"{path}.{name} is missing: expected {Expectation(properties[name])}");
        foreach (var property in value.EnumerateObject())
        {
            if (properties[property.Name] is JsonObject inner) Check(inner, property.Value, $"{path}.{property.Name}", problems);
            else if (schema["additionalProperties"] is JsonObject any) Check(any, property.Value, $"{path}.{property.Name}", problems);
            else if (schema["additionalProperties"]?.GetValueKind() == JsonValueKind.False)
                problems.Add($"{path}.{property.Name} is not known; {NearestWord.Hint(property.Name, [.. properties.Select(p => p.Key)])}");
        }
    }

    private static void CheckNumber(JsonObject schema, double value, string path, List<string> problems)
    {
        Bound("minimum", bound => value >= bound, "at least");
        Bound("maximum", bound => value <= bound, "at most");
        Bound("exclusiveMinimum", bound => value > bound, "above");
        Bound("exclusiveMaximum", bound => value < bound, "below");

        void Bound(string keyword, Func<double, bool> holds, string words)
        {
            if (schema[keyword] is { } bound && !holds(double.Parse(bound.ToJsonString()))) problems.Add($"{path} is {value:R}: expected a number {words} {bound.ToJsonString()}");
        }
    }

    private static void CheckLength(JsonObject schema, int length, string keyword, string unit, string path, List<string> problems)
    {
        if (schema[$"min{keyword}"] is { } least && length < least.GetValue<int>()) problems.Add($"{path} has {length} {unit}: expected at least {least.ToJsonString()}");
        if (schema[$"max{keyword}"] is { } most && length > most.GetValue<int>()) problems.Add($"{path} has {length} {unit}: expected at most {most.ToJsonString()}");
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray many ? many.Select(t => t!.GetValue<string>()) : [type.GetValue<string>()];

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()),
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number == Math.Floor(number) && Math.Abs(number) <= 1L << 53,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new ArgumentException($"schema type `{type}` is not known"),
    };

    private static string Name(string type) => type is "object" or "array" or "integer" ? $"an {type}" : type == "null" ? type : $"a {type}";

    private static string Expectation(JsonNode? schema) =>
        schema?["enum"] is JsonArray words ? $"one of {string.Join(", ", words.Select(w => w?.ToString()))}"
        : schema?["type"] is { } type ? string.Join(" or ", Types(type).Select(Name))
        : "a value";

    private static bool Same(JsonNode? expected, JsonElement value) =>
        expected is null ? value.ValueKind == JsonValueKind.Null : JsonElement.DeepEquals(JsonSerializer.SerializeToElement(expected), value);

    private static string Hint(JsonElement value, string[] words) =>
        value.ValueKind == JsonValueKind.String && NearestWord.Find(value.GetString()!, words) is { } near
            ? $"expected one of {string.Join(", ", words)}; did you mean `{near}`?"
            : $"expected one of {string.Join(", ", words)}";

    private static string Show(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 80 ? text : $"{text[..77]}...";
    }
}
