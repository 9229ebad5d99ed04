using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace Anneal.Lab.Providers;

/// <summary>Puts a streamed chat completion together, in the Messages API's blocks.</summary>
/// <param name="request">What was asked.</param>
internal sealed class ChatStream(ModelRequest request)
{
    private readonly StringBuilder text = new(), refusal = new();
    private readonly SortedDictionary<int, Call> calls = [];
    private ChatFinishReason? finish;
    private ChatTokenUsage? usage;
    private string? model;

    /// <summary>Takes the next piece.</summary>
    public void Add(StreamingChatCompletionUpdate update)
    {
        model ??= update.Model;
        usage = update.Usage ?? usage;
        finish = update.FinishReason ?? finish;
        refusal.Append(update.RefusalUpdate);
        foreach (var part in update.ContentUpdate) text.Append(part.Text);
        foreach (var piece in update.ToolCallUpdates)
        {
            if (!calls.TryGetValue(piece.Index, out var call)) calls[piece.Index] = call = new();
            if (piece.ToolCallId is { Length: > 0 } id) call.Id = id;
            if (piece.FunctionName is { Length: > 0 } name) call.Name = name;
            call.Arguments.Append(piece.FunctionArgumentsUpdate);
        }
    }

    /// <summary>The whole answer.</summary>
    /// <param name="requestId">Provider's id of the call.</param>
    /// <param name="writesAreDearer">What goes into a cache costs more than what is read afresh. The wire does not tell them apart: all is taken to be written.</param>
    /// <exception cref="ModelException">It broke off.</exception>
    public ModelReply ToReply(string? requestId, bool writesAreDearer)
    {
        if (finish is not { } reason) throw new ModelException(ModelFailure.Network, "the answer broke off.") { Uncertain = true };
        var content = new JsonArray();
        if (text.Length > 0) content.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = text.ToString() });
        foreach (var (index, call) in calls)
            content.Add((JsonNode)new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = call.Id ?? $"call_{request.Turn}_{index}",
                ["name"] = call.Name,
                ["input"] = MessageStream.ReadInput(call.Arguments.ToString()),
            });
        return new ModelReply
        {
            Content = content,
            StopReason = refusal.Length > 0 ? "refusal" : Reason(reason),
            StopDetail = refusal.Length > 0 ? refusal.ToString() : null,
            Model = model ?? "",
            RequestId = requestId,
            Usage = Usage(writesAreDearer),
        };
    }

    // Some servers end with `stop` though they call tools.
    private string Reason(ChatFinishReason reason) => reason switch
    {
        ChatFinishReason.Length => "max_tokens",
        ChatFinishReason.ContentFilter => "refusal",
        _ when calls.Count > 0 => "tool_use",
        _ => "end_turn",
    };

    // A server that does not count is charged at the most.
    private ModelUsage Usage(bool writesAreDearer)
    {
        if (usage is null) return new(RequestText.TokensAtMost(request), request.MaxTokens);
        long cached = usage.InputTokenDetails?.CachedTokenCount ?? 0, fresh = usage.InputTokenCount - cached;
        return writesAreDearer ? new(0, usage.OutputTokenCount, cached, fresh) : new(fresh, usage.OutputTokenCount, cached);
    }

    private sealed class Call
    {
        public string? Id { get; set; }
        public string Name { get; set; } = "";
        public StringBuilder Arguments { get; } = new();
    }
}
