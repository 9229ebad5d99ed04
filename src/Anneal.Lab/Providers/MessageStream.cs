using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>
/// Puts a streamed answer of the Messages API together, event by event, into the blocks that an unstreamed one would hold.
/// Fields and events that it does not know are kept or passed over, as the API asks of its readers.
/// </summary>
internal sealed class MessageStream
{
    private readonly SortedDictionary<int, JsonObject> blocks = [];
    private readonly Dictionary<int, StringBuilder> inputs = [];
    private readonly JsonObject usage = [];
    private string? model, stopReason, stopDetail;
    private bool stopped;

    /// <summary>Takes the next event.</summary>
    /// <exception cref="ModelException">Garbled: a delta without its block.</exception>
    public void Add(JsonElement happened)
    {
        var e = JsonObject.Create(happened)!;
        switch (Text(e, "type"))
        {
            case "message_start":
                model = Text(e["message"], "model");
                Count(e["message"]?["usage"]);
                break;
            case "content_block_start":
                blocks[Index(e)] = e["content_block"]!.DeepClone().AsObject();
                break;
            case "content_block_delta":
                Extend(Index(e), e["delta"]!.AsObject());
                break;
            case "content_block_stop" when inputs.Remove(Index(e), out var input):
                Block(Index(e))["input"] = ReadInput(input.ToString());
                break;
            case "message_delta":
                stopReason = Text(e["delta"], "stop_reason") ?? stopReason;
                stopDetail = Text(e["delta"]?["stop_details"], "explanation") ?? Text(e["delta"]?["stop_details"], "category") ?? stopDetail;
                Count(e["usage"]);
                break;
            case "message_stop":
                stopped = true;
                break;
        }
    }

    /// <summary>The whole answer.</summary>
    /// <param name="requestId">Provider's id of the call.</param>
    /// <exception cref="ModelException">It broke off.</exception>
    public ModelReply ToReply(string? requestId)
    {
        if (!stopped || stopReason is null || model is null)
            throw new ModelException(ModelFailure.Network, $"the answer broke off after {blocks.Count} blocks.") { Uncertain = true };
        return new ModelReply
        {
            Content = [.. blocks.Values.Select(block => block.DeepClone())],
            StopReason = stopReason,
            StopDetail = stopDetail,
            Model = model,
            RequestId = requestId,
            Usage = new ModelUsage(Tokens("input_tokens"), Tokens("output_tokens"), Tokens("cache_read_input_tokens"), Tokens("cache_creation_input_tokens")),
        };
    }

    private void Extend(int index, JsonObject delta)
    {
        var block = Block(index);
        switch (Text(delta, "type"))
        {
            case "text_delta": Append(block, "text", delta); break;
            case "thinking_delta": Append(block, "thinking", delta); break;
            case "signature_delta": block["signature"] = delta["signature"]!.DeepClone(); break;
            case "input_json_delta":
                if (!inputs.TryGetValue(index, out var input)) inputs[index] = input = new();
                input.Append(Text(delta, "partial_json"));
                break;
            case "citations_delta":
                if (block["citations"] is not JsonArray) block["citations"] = new JsonArray();
                block["citations"]!.AsArray().Add(delta["citation"]!.DeepClone());
                break;
        }
    }

    // Tool input that is no JSON, or holds text that is none, goes on as an object, for the schema to refuse and the model to mend.
    internal static JsonNode ReadInput(string text)
    {
        if (text.Length == 0) return new JsonObject();
        try
        {
            if (JsonNode.Parse(text) is not JsonObject input) return Invalid(text);
            Touch(input);
            return input;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return Invalid(text);
        }
    }

    // Half of a surrogate pair, or a key twice, shows only when it is read.
    private static void Touch(JsonNode? node)
    {
        if (node is JsonObject o)
            foreach (var (_, value) in o) Touch(value);
        else if (node is JsonArray list)
            foreach (var item in list) Touch(item);
        else if (node?.GetValueKind() == JsonValueKind.String) _ = node.GetValue<string>();
    }

    private static JsonObject Invalid(string text) => new() { ["INVALID_JSON"] = text };

    // Counts are cumulative: the last one told holds.
    private void Count(JsonNode? told)
    {
        foreach (var (name, tokens) in told as JsonObject ?? [])
            if (tokens?.GetValueKind() == JsonValueKind.Number) usage[name] = tokens.DeepClone();
    }

    private long Tokens(string name) => usage[name]?.GetValue<long>() ?? 0;

    private JsonObject Block(int index) => blocks.GetValueOrDefault(index)
        ?? throw new ModelException(ModelFailure.Garbled, $"the answer continues block {index}, which it did not begin.") { Uncertain = true };

    private static void Append(JsonObject block, string field, JsonObject delta) => block[field] = Text(block, field) + Text(delta, field);

    private static int Index(JsonObject e) => e["index"]!.GetValue<int>();

    private static string? Text(JsonNode? node, string name) => node?[name]?.GetValueKind() == JsonValueKind.String ? node[name]!.GetValue<string>() : null;
}
