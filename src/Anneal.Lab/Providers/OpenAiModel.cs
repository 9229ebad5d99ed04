using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace Anneal.Lab.Providers;

/// <summary>Any server that speaks chat completions with tools, through the OpenAI SDK. Answers are streamed; the SDK's own retries are off.</summary>
internal sealed class OpenAiModel : ILanguageModel, IDisposable
{
    private readonly HttpClient http;
    private readonly OpenAIClientOptions options;
    private readonly ChatClient chat;
    private readonly CatalogModel entry;
    private readonly string? effort;
    private readonly string key;

    /// <summary>A model.</summary>
    /// <param name="entry">Name, price and limits.</param>
    /// <param name="effort">Reasoning effort; null asks for none.</param>
    /// <param name="key">API key; it goes into the request's header and nowhere else.</param>
    /// <param name="baseUrl">Where to ask, <c>/v1</c> included; null takes the SDK's.</param>
    /// <param name="silence">Longest time without a byte; null takes that of Claude.</param>
    public OpenAiModel(CatalogModel entry, string? effort, string key, string? baseUrl = null, TimeSpan? silence = null)
    {
        (this.entry, this.effort, this.key) = (entry, effort, key);
        http = new HttpClient(new PatientHandler(silence ?? ClaudeModel.Silence)) { Timeout = Timeout.InfiniteTimeSpan };
        options = new OpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromHours(1), Transport = new HttpClientPipelineTransport(http) };
        if (baseUrl is not null) options.Endpoint = new Uri(baseUrl);
        chat = new ChatClient(entry.Name, new ApiKeyCredential(key), options);
    }

    /// <inheritdoc/>
    public string Provider => "openai";

    /// <inheritdoc/>
    public string Model => entry.Name;

    /// <inheritdoc/>
    public async Task<ModelReply> AskAsync(ModelRequest request, CancellationToken cancel)
    {
        var trace = WireTrace.Begin();
        try
        {
            var stream = new ChatStream(request);
            await foreach (var update in chat.CompleteChatStreamingAsync(ChatTurns.Of(request), Options(request), cancel)) stream.Add(update);
            return stream.ToReply(trace.RequestId, writesAreDearer: entry.Price is { } price && price.CacheWrite > price.Input);
        }
        catch (Exception e) when (e is not ModelException)
        {
            cancel.ThrowIfCancellationRequested();
            throw Explain(e, trace);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>?> ListAsync(CancellationToken cancel)
    {
        try
        {
            var models = await new OpenAIModelClient(new ApiKeyCredential(key), options).GetModelsAsync(cancel);
            return [.. models.Value.Select(model => model.Id)];
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private ChatCompletionOptions Options(ModelRequest request)
    {
        var asked = new ChatCompletionOptions { MaxOutputTokenCount = request.MaxTokens };
        foreach (var tool in request.Tools)
            asked.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(RequestText.Compact(tool.Schema))));
#pragma warning disable OPENAI001 // Reasoning effort is marked as subject to change.
        if (effort is not null) asked.ReasoningEffortLevel = new ChatReasoningEffortLevel(effort);
#pragma warning restore OPENAI001
        return asked;
    }

    private ModelException Explain(Exception e, WireTrace trace)
    {
        if (trace.Status is { } status && (int)status >= 400)
        {
            var body = (e as ClientResultException)?.GetRawResponse()?.Content?.ToString();
            return new(WireFailure.Of(status, body), Clean($"{(int)status} {WireFailure.MessageOf(body)}")) { RetryAfter = trace.RetryAfter };
        }
        if (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
            return new(ModelFailure.Garbled, Clean($"the answer is not what chat completions send: {e.Message}"), e) { Uncertain = trace.Sent };
        return new(ModelFailure.Network, Clean(WireFailure.Words(e)), e) { Uncertain = trace.Sent };
    }

    private string Clean(string text) => text.Replace(key, "[key]", StringComparison.Ordinal);
}
