using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab.Providers;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Diagnoses;

/// <summary>The one tool of a diagnosis: it takes the advice and ends the conversation.</summary>
internal static class DiagnoseTool
{
    private static readonly Dictionary<string, Cause> causes = Enum.GetValues<Cause>().ToDictionary(Advice.Snake);
    private static readonly Dictionary<string, IncidentAction> actions = Advice.Bounds.Keys.ToDictionary(Advice.Snake);

    /// <summary>The tool.</summary>
    /// <param name="take">Gets the advice, once.</param>
    public static Tool Create(Action<Advice> take) => new(
        new ToolSpec("diagnose", "Says what caused the incident and, if anything, the one thing to do about it. Call it once; it ends the conversation.", Schema()),
        (input, _) =>
        {
            var advice = Read(input);
            if (advice.Problem is { } problem) return Task.FromResult(new ToolAnswer(problem, IsError: true));
            take(advice);
            return Task.FromResult(new ToolAnswer("noted", Ends: true));
        });

    private static Advice Read(JsonElement input) => new(
        causes[input.GetProperty("cause").GetString()!],
        input.GetProperty("confidence").GetDouble(),
        actions[input.GetProperty("action").GetString()!],
        input.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null,
        input.GetProperty("explanation").GetString()!);

    private static JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = new JsonArray("cause", "confidence", "action", "explanation"),
        ["properties"] = new JsonObject
        {
            ["cause"] = Words("string", "Where the cause lies: optimizer (its kind and constants), schedule (warmup, decay, length), data (text, its order, repetition), model (architecture, initialisation), numerics (overflow, formats), infrastructure (machine, process, disk), evaluation (the measurement itself).", causes.Keys),
            ["confidence"] = new JsonObject { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 1, ["description"] = "Your probability that the cause is right." },
            ["action"] = Words("string", $"At most one action. {string.Join("; ", Advice.Bounds.Where(b => b.Value is not null).Select(b => $"{Advice.Snake(b.Key)} takes value = {b.Value!.Value.Meaning}, {b.Value.Value.Low} to {b.Value.Value.High}"))}.", actions.Keys),
            ["value"] = new JsonObject { ["type"] = new JsonArray("number", "null"), ["description"] = "The action's number; null where it takes none." },
            ["explanation"] = new JsonObject { ["type"] = "string", ["minLength"] = 10, ["maxLength"] = 1200, ["description"] = "What in the evidence points to the cause, and what speaks against it." },
        },
    };

    private static JsonObject Words(string type, string description, IEnumerable<string> words) =>
        new() { ["type"] = type, ["description"] = description, ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };
}
