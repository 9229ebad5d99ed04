using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Anneal.Lab.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Anneal.Tests.Lab.Providers.Servers;

// Chat completions on this machine, streamed, with nobody behind them: a script says what is answered.
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Func<JsonObject, int, ServerReply> script;
    private readonly ConcurrentQueue<JsonObject> requests = new();
    private readonly ConcurrentQueue<ApiError> refusals = new();
    private int calls, ids;

    private ChatServer(Func<JsonObject, int, ServerReply> script)
    {
        this.script = script;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(ServeAsync);
    }

    public string BaseUrl => $"{app.Urls.First()}/v1";

    public string Key { get; } = "sk-test-0123456789abcdef";

    // Some servers count no tokens.
    public bool Counts { get; init; } = true;

    public IReadOnlyList<JsonObject> Requests => [.. requests];

    public IReadOnlyList<ApiError> Refusals => [.. refusals];

    // The script gets the request and its number, from 1.
    public static async Task<ChatServer> StartAsync(Func<JsonObject, int, ServerReply> script, bool counts = true)
    {
        var server = new ChatServer(script) { Counts = counts };
        await server.app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        http.Response.Headers["x-request-id"] = $"req_{Interlocked.Increment(ref ids)}";
        try
        {
            if (http.Request.Headers.Authorization != $"Bearer {Key}") throw new ApiRefusal(new(401, "invalid_request_error", "Incorrect API key provided"));
            switch (http.Request.Method, http.Request.Path.Value)
            {
                case ("GET", "/v1/models"):
                    await http.Response.WriteAsJsonAsync(new JsonObject { ["object"] = "list", ["data"] = new JsonArray(new JsonObject { ["id"] = "gpt-6.1-sol", ["object"] = "model", ["created"] = 1, ["owned_by"] = "nobody" }) });
                    break;
                case ("POST", "/v1/chat/completions"):
                    await AnswerAsync(http);
                    break;
                default:
                    throw new ApiRefusal(new(404, "invalid_request_error", "Unknown request URL"));
            }
        }
        catch (ApiRefusal e)
        {
            refusals.Enqueue(e.Error);
            await FailAsync(http, e.Error);
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var text = new StreamReader(http.Request.Body);
        var body = JsonNode.Parse(await text.ReadToEndAsync())!.AsObject();
        ChatRules.Check(body);
        requests.Enqueue(body);
        var reply = script(body, Interlocked.Increment(ref calls));
        if (reply.Error is { } error)
        {
            await FailAsync(http, error);
            return;
        }
        http.Response.ContentType = "text/event-stream";
        foreach (var (i, chunk) in Chunks(body, reply).Index())
        {
            if (i == reply.CutAfter)
            {
                http.Abort();
                return;
            }
            if (i == reply.EndAfter) return;
            await SendAsync(http, chunk.ToJsonString());
        }
        await SendAsync(http, "[DONE]");
    }

    private IEnumerable<JsonObject> Chunks(JsonObject body, ServerReply reply)
    {
        yield return Chunk(new() { ["role"] = "assistant", ["content"] = "" });
        var index = 0;
        foreach (var block in reply.Content)
        {
            if (block["text"] is { } text)
                foreach (var piece in text.GetValue<string>().Chunk(20)) yield return Chunk(new() { ["content"] = new string(piece) });
            if (block["type"]!.GetValue<string>() != "tool_use") continue;
            yield return Call(index, new() { ["name"] = block["name"]!.DeepClone(), ["arguments"] = "" }, $"call_{Interlocked.Increment(ref ids)}");
            foreach (var piece in block["input"]!.GetValue<string>().Chunk(10)) yield return Call(index, new() { ["arguments"] = new string(piece) }, null);
            index++;
        }
        if (reply.StopReason == "refusal") yield return Chunk(new() { ["refusal"] = reply.StopDetail });
        yield return Chunk([], reply.StopReason switch { "max_tokens" => "length", "tool_use" => "tool_calls", _ => "stop" });
        if (Counts && body["stream_options"]?["include_usage"]?.GetValue<bool>() == true)
        {
            var usage = Chunk([]);
            (usage["choices"], usage["usage"]) = (new JsonArray(), new JsonObject
            {
                ["prompt_tokens"] = 1000,
                ["completion_tokens"] = 50,
                ["total_tokens"] = 1050,
                ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 600 },
            });
            yield return usage;
        }
    }

    private static JsonObject Call(int index, JsonObject function, string? id)
    {
        var call = new JsonObject { ["index"] = index, ["function"] = function };
        if (id is not null) (call["id"], call["type"]) = (id, "function");
        return Chunk(new() { ["tool_calls"] = new JsonArray(call) });
    }

    private static JsonObject Chunk(JsonObject delta, string? finish = null) => new()
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion.chunk",
        ["created"] = 1,
        ["model"] = Transcript.Scripted,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
    };

    private static async Task SendAsync(HttpContext http, string data)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"data: {data}\n\n"));
        await http.Response.Body.FlushAsync();
    }

    private static async Task FailAsync(HttpContext http, ApiError error)
    {
        http.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = $"{seconds}";
        await http.Response.WriteAsJsonAsync(new JsonObject { ["error"] = new JsonObject { ["message"] = error.Message, ["type"] = error.Type, ["param"] = null, ["code"] = null } });
    }
}
