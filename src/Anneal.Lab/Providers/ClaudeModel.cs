using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace Anneal.Lab.Providers;

/// <summary>
/// Claude through the official SDK. Answers are streamed, so that long ones do not time out; thinking is adaptive, its depth
/// set by the effort level. The SDK's own retries are off: each attempt is a row in the ledger.
/// </summary>
internal sealed class ClaudeModel : ILanguageModel, IDisposable
{
    /// <summary>Longest time without a byte. The API sends pings while it thinks.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(120);

    private static readonly Dictionary<string, JsonElement> none = [];

    private readonly AnthropicClient client;
    private readonly HttpClient http;
    private readonly CatalogModel entry;
    private readonly string? effort;
    private readonly string key;

    /// <summary>A model.</summary>
    /// <param name="entry">Name and limits.</param>
    /// <param name="effort">Effort level; null asks for none.</param>
    /// <param name="key">API key; it goes into the request's header and nowhere else.</param>
    /// <param name="baseUrl">Where to ask; null takes the SDK's.</param>
    /// <param name="silence">Longest time without a byte; null takes <see cref="Silence"/>.</param>
    public ClaudeModel(CatalogModel entry, string? effort, string key, string? baseUrl = null, TimeSpan? silence = null)
    {
        (this.entry, this.effort, this.key) = (entry, effort, key);
        http = new HttpClient(new PatientHandler(silence ?? Silence)) { Timeout = Timeout.InfiniteTimeSpan };
        var options = new ClientOptions { ApiKey = key, AuthToken = null, MaxRetries = 0, Timeout = TimeSpan.FromHours(1), HttpClient = http };
        if (baseUrl is not null) options.BaseUrl = baseUrl;
        client = new AnthropicClient(options);
    }

    /// <inheritdoc/>
    public string Provider => "claude";

    /// <inheritdoc/>
    public string Model => entry.Name;

    /// <inheritdoc/>
    public async Task<ModelReply> AskAsync(ModelRequest request, CancellationToken cancel)
    {
        var trace = WireTrace.Begin();
        var body = Body(request);
        body["max_tokens"] = JsonSerializer.SerializeToElement(request.MaxTokens);
        try
        {
            var stream = new MessageStream();
            await foreach (var happened in client.Messages.CreateStreaming(MessageCreateParams.FromRawUnchecked(none, none, body), cancel).WithCancellation(cancel))
                stream.Add(happened.Json);
            return stream.ToReply(trace.RequestId);
        }
        catch (Exception e) when (e is not ModelException)
        {
            cancel.ThrowIfCancellationRequested();
            throw Explain(e, trace);
        }
    }

    /// <inheritdoc/>
    public async Task<long?> CountAsync(ModelRequest request, CancellationToken cancel)
    {
        try
        {
            var count = await client.Messages.CountTokens(MessageCountTokensParams.FromRawUnchecked(none, none, Body(request)), cancel);
            return count.InputTokens;
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            // A convenience: whoever asks has a bound of their own.
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>?> ListAsync(CancellationToken cancel)
    {
        try
        {
            var names = new List<string>();
            var page = await client.Models.List(new() { Limit = 1000 }, cancel);
            names.AddRange(page.Items.Select(model => model.ID));
            return names;
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    // Tools come before the system text on the wire, so one mark behind the system text caches both.
    private Dictionary<string, JsonElement> Body(ModelRequest request)
    {
        var body = new JsonObject
        {
            ["model"] = entry.Name,
            ["system"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = request.System, ["cache_control"] = new JsonObject { ["type"] = "ephemeral" } }),
            ["messages"] = new JsonArray([.. request.Messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Content.DeepClone() })]),
        };
        if (request.Tools.Count > 0)
            body["tools"] = new JsonArray([.. request.Tools.Select(tool => new JsonObject { ["name"] = tool.Name, ["description"] = tool.Description, ["input_schema"] = tool.Schema.DeepClone() })]);
        if (effort is not null)
        {
            body["thinking"] = new JsonObject { ["type"] = "adaptive", ["display"] = "summarized" };
            body["output_config"] = new JsonObject { ["effort"] = effort };
        }
        return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(body)!;
    }

    private ModelException Explain(Exception e, WireTrace trace)
    {
        // What the provider said is in the message, cleaned; the exception below may hold more of it.
        if (e is AnthropicSseException) return new(FailureOf(e.Message), Clean($"the provider broke the answer off: {e.Message}"));
        if (e is AnthropicApiException api)
            return new(WireFailure.Of(api.StatusCode, api.ResponseBody), Clean($"{(int)api.StatusCode} {WireFailure.MessageOf(api.ResponseBody)}")) { RetryAfter = trace.RetryAfter };
        if (e is JsonException or AnthropicInvalidDataException or InvalidOperationException or NullReferenceException) return new(ModelFailure.Garbled, Clean($"the answer is not what the Messages API sends: {e.Message}"), e) { Uncertain = trace.Sent };
        return new(ModelFailure.Network, Clean(WireFailure.Words(e)), e) { Uncertain = trace.Sent };
    }

    // An error in the middle of a stream has a type and no status.
    private static ModelFailure FailureOf(string message) =>
        message.Contains("rate_limit_error", StringComparison.Ordinal) ? ModelFailure.RateLimited
        : message.Contains("invalid_request_error", StringComparison.Ordinal) ? ModelFailure.Rejected
        : ModelFailure.Unavailable;

    private string Clean(string text) => text.Replace(key, "[key]", StringComparison.Ordinal);
}
