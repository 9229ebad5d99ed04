using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Anneal.Tests.Lab.Providers.Servers;

// A Messages API on this machine, as strict as the real one and with nobody behind it: a script says what it answers, and the
// model calls itself `scripted`.
//
//     await using var server = await MessagesServer.StartAsync(call => ServerReply.Text("hello"));
internal sealed class MessagesServer : IAsyncDisposable
{
    private const long MostBytes = 32 << 20;

    private readonly WebApplication app;
    private readonly Func<MessagesCall, ServerReply> script;
    private readonly SignedThoughts thoughts = new();
    private readonly PromptCache cache = new();
    private readonly ConcurrentDictionary<string, bool> paused = new();
    private readonly ConcurrentQueue<MessagesCall> requests = new();
    private readonly ConcurrentQueue<ApiError> refusals = new();
    private readonly ConcurrentQueue<string> paths = new();
    private int calls, ids;

    private MessagesServer(Func<MessagesCall, ServerReply> script)
    {
        this.script = script;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        app = builder.Build();
        app.Run(ServeAsync);
    }

    public string BaseUrl => app.Urls.First();

    public string Key { get; } = "sk-ant-test-0123456789abcdef";

    // Requests that passed the rules, in the order of arrival.
    public IReadOnlyList<MessagesCall> Requests => [.. requests];

    // What the rules refused.
    public IReadOnlyList<ApiError> Refusals => [.. refusals];

    // Every path that was asked for.
    public IReadOnlyList<string> Paths => [.. paths];

    // What GET /v1/models lists; a model that is not here is not found.
    public IReadOnlyList<string> Models { get; init; } = [.. ModelCatalog.Load(null).Models.Where(m => m.Provider == "claude").Select(m => m.Name)];

    public static async Task<MessagesServer> StartAsync(Func<MessagesCall, ServerReply> script)
    {
        var server = new MessagesServer(script);
        await server.app.StartAsync();
        return server;
    }

    public ClaudeModel Client(TimeSpan? silence = null, string? key = null, string model = "claude-opus-5-5") =>
        new(ModelCatalog.Load(null).Find("claude", model), "medium", key ?? Key, BaseUrl, silence);

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try
        {
            await app.StopAsync(hurry.Token);
        }
        catch (OperationCanceledException)
        {
            // A client is still waiting for a silent answer.
        }
        await app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext http)
    {
        paths.Enqueue(http.Request.Path);
        http.Response.Headers["request-id"] = $"req_{Interlocked.Increment(ref ids):000000}";
        try
        {
            CheckHeaders(http.Request);
            switch (http.Request.Method, http.Request.Path.Value)
            {
                case ("GET", "/v1/models"): await ListAsync(http); break;
                case ("POST", "/v1/messages/count_tokens"): await CountAsync(http); break;
                case ("POST", "/v1/messages"): await AnswerAsync(http); break;
                default: throw new ApiRefusal(new(404, "not_found_error", "Not found"));
            }
        }
        catch (ApiRefusal e)
        {
            refusals.Enqueue(e.Error);
            await FailAsync(http, e.Error);
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
    }

    private void CheckHeaders(HttpRequest request)
    {
        if (request.Headers["x-api-key"] != Key && request.Headers.Authorization != $"Bearer {Key}")
            throw new ApiRefusal(new(401, "authentication_error", "invalid x-api-key"));
        var version = request.Headers["anthropic-version"].ToString();
        if (version.Length == 0) throw new ApiRefusal(ApiError.Invalid("anthropic-version: header is required"));
        if (version != "2026-10-21") throw new ApiRefusal(ApiError.Invalid($"anthropic-version: \"{version}\" is not a valid version"));
        if (request.Method == "POST" && request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true)
            throw new ApiRefusal(ApiError.Invalid("Content-Type: expected application/json"));
    }

    private Task ListAsync(HttpContext http) => http.Response.WriteAsJsonAsync(new JsonObject
    {
        ["data"] = new JsonArray([.. Models.Select(name => new JsonObject { ["type"] = "model", ["id"] = name, ["display_name"] = name, ["created_at"] = "2026-09-22T00:00:00Z" })]),
        ["has_more"] = false,
        ["first_id"] = Models[0],
        ["last_id"] = Models[^1],
    });

    private async Task CountAsync(HttpContext http)
    {
        var body = await ReadAsync(http.Request, counting: true);
        await http.Response.WriteAsJsonAsync(new JsonObject { ["input_tokens"] = PromptCache.Count(body) });
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var body = await ReadAsync(http.Request, counting: false);
        var call = new MessagesCall(Interlocked.Increment(ref calls), body);
        requests.Enqueue(call);
        var reply = script(call);
        if (reply.Error is { } error)
        {
            await FailAsync(http, error);
            return;
        }
        if (reply.SilentAfter == 0) await Task.Delay(Timeout.Infinite, http.RequestAborted);
        var message = Message(body, reply);
        if (body["stream"]?.GetValue<bool>() == true) await new MessageEvents(http, reply).WriteAsync(message);
        else await http.Response.WriteAsJsonAsync(message);
    }

    private async Task<JsonObject> ReadAsync(HttpRequest request, bool counting)
    {
        using var text = new StreamReader(request.Body);
        var json = await text.ReadToEndAsync();
        if (json.Length > MostBytes) throw new ApiRefusal(new(413, "request_too_large", "Request exceeds the maximum allowed number of bytes."));
        JsonObject body;
        try
        {
            body = JsonNode.Parse(json) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new ApiRefusal(ApiError.Invalid("The request body is not valid JSON"));
        }
        MessagesRules.Check(body, counting, last => paused.ContainsKey(last["content"]!.ToJsonString()));
        thoughts.Verify(body);
        if (!Models.Contains(body["model"]!.GetValue<string>())) throw new ApiRefusal(new(404, "not_found_error", $"model: {body["model"]}"));
        if (PromptCache.Count(body) is var tokens and > MessagesRules.Context) throw new ApiRefusal(ApiError.Invalid($"prompt is too long: {tokens} tokens > {MessagesRules.Context} maximum"));
        return body;
    }

    // Ids are given, thoughts signed, and what is longer than max_tokens is cut off.
    private JsonObject Message(JsonObject body, ServerReply reply)
    {
        var (content, stop, written) = (new JsonArray(), reply.StopReason, 0);
        foreach (var scripted in reply.Content)
        {
            var block = scripted.DeepClone().AsObject();
            if (block["type"]!.GetValue<string>() == "tool_use") block["id"] ??= $"toolu_{Interlocked.Increment(ref ids):000000}";
            written += PromptCache.TokensOf(block.ToJsonString().Length);
            if (written > body["max_tokens"]!.GetValue<int>())
            {
                (stop, written) = ("max_tokens", body["max_tokens"]!.GetValue<int>());
                break;
            }
            if (block["type"]!.GetValue<string>() == "thinking")
                block["signature"] = thoughts.Sign(body, body["messages"]!.AsArray().Append(new JsonObject { ["role"] = "assistant", ["content"] = content.DeepClone() }), block["thinking"]!.GetValue<string>());
            content.Add((JsonNode)block);
        }
        if (stop == "pause_turn") paused[content.ToJsonString()] = true;
        var (fresh, read, kept) = cache.Bill(body);
        return new JsonObject
        {
            ["id"] = $"msg_{Interlocked.Increment(ref ids):000000}",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = Transcript.Scripted,
            ["content"] = content,
            ["stop_reason"] = stop,
            ["stop_sequence"] = null,
            ["stop_details"] = reply.StopDetail is null ? null : new JsonObject { ["type"] = "refusal", ["category"] = "cyber", ["explanation"] = reply.StopDetail },
            ["usage"] = new JsonObject { ["input_tokens"] = fresh, ["cache_creation_input_tokens"] = kept, ["cache_read_input_tokens"] = read, ["output_tokens"] = Math.Max(1, written) },
        };
    }

    private static async Task FailAsync(HttpContext http, ApiError error)
    {
        http.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = $"{seconds}";
        await http.Response.WriteAsJsonAsync(error.ToJson());
    }
}
