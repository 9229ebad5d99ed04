using System.Text.Json.Nodes;
using Anneal.Lab.Providers;

namespace Anneal.Tests.Lab.Providers;

// Plays a model: a function from request to reply, and nothing that thinks.
internal sealed class ScriptedModel(Func<ModelRequest, ModelReply> script) : ILanguageModel
{
    public static CatalogModel Entry { get; } = new()
    {
        Name = "scripted",
        Provider = "claude",
        Price = new ModelPrice(4, 20, 5, 0.2),
        Context = 1_000_000,
        MaxOutput = 32_000,
    };

    public string Provider => "scripted";

    public string Model => Transcript.Scripted;

    public List<ModelRequest> Requests { get; } = [];

    // Runs before the reply is given, for calls that take their time.
    public Func<ModelRequest, CancellationToken, Task>? Before { get; init; }

    public long? Tokens { get; init; }

    public async Task<ModelReply> AskAsync(ModelRequest request, CancellationToken cancel)
    {
        lock (Requests) Requests.Add(request);
        if (Before is not null) await Before(request, cancel);
        return script(request);
    }

    public Task<long?> CountAsync(ModelRequest request, CancellationToken cancel) => Task.FromResult(Tokens);

    public static ModelReply Says(string text, string stop = "end_turn") => Reply(stop, new JsonObject { ["type"] = "text", ["text"] = text });

    public static ModelReply Calls(string tool, string input, string id = "toolu_1") => Reply("tool_use", Call(tool, input, id));

    public static JsonObject Call(string tool, string input, string id = "toolu_1") =>
        new() { ["type"] = "tool_use", ["id"] = id, ["name"] = tool, ["input"] = JsonNode.Parse(input) };

    public static ModelReply Reply(string stop, params JsonObject[] content) => new()
    {
        Content = [.. content],
        StopReason = stop,
        Usage = new ModelUsage(1000, 100),
        Model = Transcript.Scripted,
    };
}
