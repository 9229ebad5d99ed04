using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>A reply as the ledger and transcripts keep it.</summary>
internal static class ReplyJson
{
    /// <summary>The reply as JSON.</summary>
    public static JsonObject ToJson(ModelReply reply) => new()
    {
        ["model"] = reply.Model,
        ["stop_reason"] = reply.StopReason,
        ["stop_detail"] = reply.StopDetail,
        ["request_id"] = reply.RequestId,
        ["content"] = reply.Content.DeepClone(),
        ["usage"] = new JsonObject
        {
            ["input"] = reply.Usage.Input,
            ["output"] = reply.Usage.Output,
            ["cache_read"] = reply.Usage.CacheRead,
            ["cache_write"] = reply.Usage.CacheWrite,
        },
    };

    /// <summary>The reply again; blocks as they came.</summary>
    /// <exception cref="JsonException">It is no reply.</exception>
    public static ModelReply Parse(JsonNode? json)
    {
        try
        {
            var usage = json!["usage"]!;
            return new ModelReply
            {
                Model = json["model"]!.GetValue<string>(),
                StopReason = json["stop_reason"]!.GetValue<string>(),
                StopDetail = json["stop_detail"]?.GetValue<string>(),
                RequestId = json["request_id"]?.GetValue<string>(),
                Content = json["content"]!.AsArray().DeepClone().AsArray(),
                Usage = new ModelUsage(Tokens("input"), Tokens("output"), Tokens("cache_read"), Tokens("cache_write")),
            };

            long Tokens(string name) => usage[name]!.GetValue<long>();
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new JsonException("expected a reply: {model, stop_reason, content: [...], usage: {input, output, cache_read, cache_write}}", e);
        }
    }
}
