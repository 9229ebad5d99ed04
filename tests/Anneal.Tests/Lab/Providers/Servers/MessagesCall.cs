using System.Text.Json.Nodes;

namespace Anneal.Tests.Lab.Providers.Servers;

// A request that passed the rules, as a script sees it.
internal sealed record MessagesCall(int Number, JsonObject Body)
{
    public JsonArray Messages => Body["messages"]!.AsArray();

    // Answers that were given before in this conversation.
    public int Turn => Messages.Count(message => Role(message) == "assistant");

    public int MaxTokens => Body["max_tokens"]!.GetValue<int>();

    public string System => Body["system"] is JsonArray blocks ? string.Join("\n", blocks.Select(block => block!["text"])) : Body["system"]?.ToString() ?? "";

    public IEnumerable<string> Tools => (Body["tools"] as JsonArray ?? []).Select(tool => tool!["name"]!.GetValue<string>());

    // All that the user said, tool results included, oldest first.
    public string UserText => string.Join("\n", Messages.Where(m => Role(m) == "user").SelectMany(m => Blocks(m!["content"])).Select(Text));

    public string FirstText => string.Join("\n", Blocks(Messages[0]!["content"]).Select(Text));

    public string LastText => string.Join("\n", Blocks(Messages[^1]!["content"]).Select(Text));

    // Tool results of the last turn.
    public IReadOnlyList<JsonObject> Results => [.. Blocks(Messages[^1]!["content"]).Where(block => block["type"]!.GetValue<string>() == "tool_result")];

    public static IEnumerable<JsonObject> Blocks(JsonNode? content) => content switch
    {
        JsonArray blocks => blocks.OfType<JsonObject>(),
        null => [],
        _ => [new JsonObject { ["type"] = "text", ["text"] = content.GetValue<string>() }],
    };

    private static string? Role(JsonNode? message) => message!["role"]!.GetValue<string>();

    private static string Text(JsonObject block) => block["text"]?.ToString() ?? (block["content"] is { } content ? string.Join("\n", Blocks(content).Select(Text)) : "");
}
