using System.Text.Json;
using Anneal.Lab.Code;

namespace Anneal.Lab.Research.Tools;

/// <summary>Reads a tool's input, which has passed its schema.</summary>
internal static class ToolInput
{
    public static string? Text(this JsonElement input, string name) => input.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static int? Whole(this JsonElement input, string name) => input.Number(name) is { } number ? (int)number : null;

    public static double? Number(this JsonElement input, string name) => input.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>Recipe keys and values as YAML scalars; empty where the input has none.</summary>
    public static IReadOnlyDictionary<string, string> Change(this JsonElement input) => input.TryGetProperty("change", out var change)
        ? change.EnumerateObject().DistinctBy(entry => entry.Name).ToDictionary(entry => entry.Name, entry => entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : entry.Value.GetRawText())
        : new Dictionary<string, string>();

    /// <summary>Source code; null where the input has none.</summary>
    public static ProposedCode? Code(this JsonElement input) => input.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Object
        ? new ProposedCode(Enum.Parse<CodeKind>(code.Text("kind")!, ignoreCase: true), code.Text("source")!)
        : null;
}
