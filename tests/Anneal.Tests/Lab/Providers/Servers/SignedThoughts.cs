using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Anneal.Tests.Lab.Providers.Servers;

// A thought comes back with the server's signature over its text and over all that was said before it. Where a cache ends
// is not part of what was said.
internal sealed class SignedThoughts
{
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);

    // prefix: system, tools and the turns before the thought, blocks of its own turn included.
    public string Sign(JsonObject body, IEnumerable<JsonNode?> prefix, string thinking) => $"{Mac(thinking)}.{Mac(Prefix(body, prefix))}";

    public void Verify(JsonObject body)
    {
        var messages = body["messages"]!.AsArray();
        for (var m = 0; m < messages.Count; m++)
        {
            if (messages[m]!["content"] is not JsonArray blocks) continue;
            for (var b = 0; b < blocks.Count; b++)
            {
                if (blocks[b]!["type"]!.GetValue<string>() != "thinking") continue;
                var before = messages.Take(m).Append(new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray([.. blocks.Take(b).Select(x => x!.DeepClone())]) });
                var parts = blocks[b]!["signature"]!.GetValue<string>().Split('.');
                if (parts.Length != 2 || parts[0] != Mac(blocks[b]!["thinking"]!.GetValue<string>()))
                    throw new ApiRefusal(ApiError.Invalid($"messages.{m}.content.{b}: Invalid `signature` in `thinking` block"));
                if (parts[1] != Mac(Prefix(body, before)))
                    throw new ApiRefusal(ApiError.Invalid($"messages.{m}.content.{b}: Invalid `signature` in `thinking` block. The block is bound to a different conversation."));
            }
        }
    }

    private static string Prefix(JsonObject body, IEnumerable<JsonNode?> messages)
    {
        var said = new JsonObject { ["system"] = body["system"]?.DeepClone(), ["tools"] = body["tools"]?.DeepClone(), ["messages"] = new JsonArray([.. messages.Select(m => m!.DeepClone())]) };
        Unmark(said);
        return said.ToJsonString();
    }

    private static void Unmark(JsonNode? node)
    {
        if (node is JsonObject o)
        {
            o.Remove("cache_control");
            foreach (var (_, value) in o) Unmark(value);
        }
        else if (node is JsonArray list)
            foreach (var item in list) Unmark(item);
    }

    private string Mac(string text) => Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)));
}
