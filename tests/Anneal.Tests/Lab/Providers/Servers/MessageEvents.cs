using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Anneal.Tests.Lab.Providers.Servers;

// A message as the server-sent events of the real API, in their order; faults of the reply happen on the way.
internal sealed class MessageEvents(HttpContext http, ServerReply reply)
{
    private int sent;

    // False: the stream ended before its time.
    public async Task<bool> WriteAsync(JsonObject message)
    {
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        var usage = message["usage"]!.DeepClone().AsObject();
        usage["output_tokens"] = 1;
        var start = message.DeepClone().AsObject();
        (start["content"], start["stop_reason"], start["stop_details"], start["usage"]) = (new JsonArray(), null, null, usage);
        if (!await SendAsync("message_start", new() { ["message"] = start })) return false;
        if (!await SendAsync("ping", [])) return false;
        foreach (var (i, block) in message["content"]!.AsArray().Index())
            foreach (var (type, e) in Events(i, block!.AsObject()))
                if (!await SendAsync(type, e)) return false;
        var delta = new JsonObject { ["stop_reason"] = message["stop_reason"]!.DeepClone(), ["stop_sequence"] = null, ["stop_details"] = message["stop_details"]?.DeepClone() };
        return await SendAsync("message_delta", new() { ["delta"] = delta, ["usage"] = message["usage"]!.DeepClone() }) && await SendAsync("message_stop", []);
    }

    private static IEnumerable<(string, JsonObject)> Events(int index, JsonObject block)
    {
        var (type, begun) = (block["type"]!.GetValue<string>(), block.DeepClone().AsObject());
        string[] emptied = type switch { "text" => ["text"], "thinking" => ["thinking", "signature"], _ => [] };
        foreach (var field in emptied) begun[field] = "";
        if (type == "tool_use") begun["input"] = new JsonObject();
        yield return ("content_block_start", new() { ["index"] = index, ["content_block"] = begun });
        IEnumerable<JsonObject> deltas = type switch
        {
            "text" => Pieces(block["text"]!).Select(piece => new JsonObject { ["type"] = "text_delta", ["text"] = piece }),
            "thinking" => Pieces(block["thinking"]!).Select(piece => new JsonObject { ["type"] = "thinking_delta", ["thinking"] = piece })
                .Append(new() { ["type"] = "signature_delta", ["signature"] = block["signature"]!.DeepClone() }),
            "tool_use" => Pieces(block["input"] is JsonValue raw ? raw : JsonValue.Create(block["input"]!.ToJsonString())).Prepend("").Select(piece => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece }),
            _ => [],
        };
        foreach (var delta in deltas) yield return ("content_block_delta", new() { ["index"] = index, ["delta"] = delta });
        yield return ("content_block_stop", new() { ["index"] = index });
    }

    private static IEnumerable<string> Pieces(JsonNode text) => text.GetValue<string>().Chunk(40).Select(chunk => new string(chunk));

    private async Task<bool> SendAsync(string type, JsonObject data)
    {
        if (sent == reply.SilentAfter) await Task.Delay(Timeout.Infinite, http.RequestAborted);
        if (sent == reply.CutAfter)
        {
            http.Abort();
            return false;
        }
        if (sent == reply.EndAfter) return false;
        if (reply.Break is { } broken && sent == broken.After)
        {
            await WriteAsync("error", broken.Error.ToJson());
            return false;
        }
        if (reply.Pause > TimeSpan.Zero)
        {
            await Task.Delay(reply.Pause, http.RequestAborted);
            await WriteAsync("ping", new() { ["type"] = "ping" });
        }
        data.Insert(0, "type", type);
        await WriteAsync(type, data);
        sent++;
        return true;
    }

    private async Task WriteAsync(string type, JsonObject data)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {type}\ndata: {data.ToJsonString()}\n\n"), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
