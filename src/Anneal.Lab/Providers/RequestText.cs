using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>A request as text: its identity, its size, and what of it is new.</summary>
internal static class RequestText
{
    private static readonly JsonSerializerOptions compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What a provider adds by itself: rules for tools, tags around turns.
    private const int Framing = 2048;

    /// <summary>
    /// Hash of what is said: system, tools and turns. Where caches end and how long the answer may be is not part of it, as
    /// the first depends on the turn and the second on the money that is left.
    /// </summary>
    public static string Hash(ModelRequest request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Compact(Whole(request)))));

    /// <summary>
    /// More tokens than the request can have: one for two letters, one for every other byte. Tokenizers do better even on the
    /// tables of numbers that this lab sends, where a digit may be a token.
    /// </summary>
    public static long TokensAtMost(ModelRequest request)
    {
        long letters = 0, others = 0;
        foreach (var b in Encoding.UTF8.GetBytes(Compact(Whole(request))))
            if (char.IsAsciiLetter((char)b) || b == ' ') letters++;
            else others++;
        return Framing + (letters + 1) / 2 + others;
    }

    /// <summary>
    /// What the ledger keeps of a request: all of it for the first turn, later what was said since the last answer.
    /// </summary>
    public static JsonObject News(ModelRequest request)
    {
        if (request.Turn == 0) return Whole(request);
        var last = request.Messages.Index().LastOrDefault(m => m.Item.Role == "assistant").Index;
        return new JsonObject { ["messages"] = Turns(request.Messages.Skip(last + 1)) };
    }

    /// <summary>Canonical text of a node.</summary>
    public static string Compact(JsonNode node) => node.ToJsonString(compact);

    private static JsonObject Whole(ModelRequest request) => new()
    {
        ["system"] = request.System,
        ["tools"] = new JsonArray([.. request.Tools.Select(tool => new JsonObject { ["name"] = tool.Name, ["description"] = tool.Description, ["input_schema"] = tool.Schema.DeepClone() })]),
        ["messages"] = Turns(request.Messages),
    };

    private static JsonArray Turns(IEnumerable<ModelMessage> messages) =>
        [.. messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = Unmarked(message.Content) })];

    private static JsonArray Unmarked(JsonArray content)
    {
        var copy = content.DeepClone().AsArray();
        foreach (var block in copy.OfType<JsonObject>()) block.Remove("cache_control");
        return copy;
    }
}
