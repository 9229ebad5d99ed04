using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>
/// The turns of a conversation, always in a form that a provider takes: user first, roles alternating, every tool call
/// answered in the next turn, assistant blocks as they came.
/// </summary>
/// <param name="first">Blocks of the first user turn.</param>
internal sealed class Dialogue(JsonArray first)
{
    private readonly List<ModelMessage> messages = [new("user", first.DeepClone().AsArray())];

    /// <summary>Adds an answer as it came.</summary>
    public void AddAnswer(JsonArray content) => messages.Add(new("assistant", content.DeepClone().AsArray()));

    /// <summary>Adds a user turn.</summary>
    public void AddUser(JsonArray content) => messages.Add(new("user", content));

    /// <summary>Says something more to the model; in the last turn where that is the user's already.</summary>
    public void Say(string text)
    {
        var block = new JsonObject { ["type"] = "text", ["text"] = text };
        if (messages[^1].Role == "user") messages[^1].Content.Add((JsonNode)block);
        else AddUser([block]);
    }

    /// <summary>The turns as they are sent: the last block of the last user turn ends a cached prefix, so that the next turn reads it cheaply.</summary>
    public IReadOnlyList<ModelMessage> ToSend()
    {
        var sent = messages.Select(message => message with { Content = message.Content.DeepClone().AsArray() }).ToList();
        if (sent[^1] is { Role: "user", Content: [.., JsonObject last] }) last["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
        return sent;
    }

    /// <summary>
    /// Replaces all but the newest tool results by a note once the turns are longer than <paramref name="most"/> characters.
    /// Thinking goes with them, all of it: a provider takes a signed thought back only behind the very text it was thought over.
    /// </summary>
    /// <returns>Whether anything was dropped.</returns>
    public bool Trim(int most, int keep)
    {
        if (messages.Sum(message => RequestText.Compact(message.Content).Length) <= most) return false;
        var results = messages.Where(m => m.Role == "user").SelectMany(m => m.Content.OfType<JsonObject>()).Where(b => Type(b) == "tool_result").ToList();
        var dropped = false;
        foreach (var result in results.SkipLast(keep).Where(result => result["content"]?.ToJsonString().Length > 200))
        {
            result["content"] = "[This result was dropped to keep the conversation short. Call the tool again if you need it.]";
            dropped = true;
        }
        if (dropped) DropThoughts();
        return dropped;
    }

    private void DropThoughts()
    {
        foreach (var content in messages.Where(m => m.Role == "assistant").Select(m => m.Content))
        {
            foreach (var thought in content.Where(b => Type(b) is "thinking" or "redacted_thinking").ToList()) content.Remove(thought);
            // A turn may not be empty.
            if (content.Count == 0) content.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = "(nothing said)" });
        }
    }

    /// <summary>Type of a block.</summary>
    public static string? Type(JsonNode? block) => block?["type"]?.GetValue<string>();
}
