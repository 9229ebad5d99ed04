using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace Anneal.Lab.Providers;

/// <summary>Turns in the Messages API's blocks as chat completions want them. Thoughts and cache marks have no place there.</summary>
internal static class ChatTurns
{
    /// <summary>The system text and all turns.</summary>
    public static IEnumerable<ChatMessage> Of(ModelRequest request) =>
        request.Messages.SelectMany(message => message.Role == "assistant" ? [Assistant(message.Content)] : User(message.Content)).Prepend(new SystemChatMessage(request.System));

    private static AssistantChatMessage Assistant(JsonArray content)
    {
        var calls = content.Where(block => Dialogue.Type(block) == "tool_use").Select(block =>
            ChatToolCall.CreateFunctionToolCall(Word(block, "id"), Word(block, "name"), BinaryData.FromString(RequestText.Compact(block!["input"]!)))).ToList();
        var text = Text(content);
        if (calls.Count == 0) return new AssistantChatMessage(text.Length > 0 ? text : "(nothing said)");
        var turn = new AssistantChatMessage(calls);
        if (text.Length > 0) turn.Content.Add(ChatMessageContentPart.CreateTextPart(text));
        return turn;
    }

    // A result is a turn of its own there, and comes before what else the user says.
    private static IEnumerable<ChatMessage> User(JsonArray content)
    {
        foreach (var result in content.Where(block => Dialogue.Type(block) == "tool_result"))
            yield return new ToolChatMessage(Word(result, "tool_use_id"), $"{(result!["is_error"]?.GetValue<bool>() == true ? "Error: " : "")}{result["content"]}");
        if (Text(content) is { Length: > 0 } text) yield return new UserChatMessage(text);
    }

    private static string Text(JsonArray content) => string.Join("\n\n", content.Where(block => Dialogue.Type(block) == "text").Select(block => Word(block, "text")));

    private static string Word(JsonNode? block, string name) => block![name]!.GetValue<string>();
}
