using System.Text.Json.Nodes;

namespace Anneal.Tests.Lab.Providers.Servers;

// What chat completions refuse, in their words.
internal static class ChatRules
{
    private static readonly string[] fields = ["model", "messages", "tools", "stream", "stream_options", "max_completion_tokens", "reasoning_effort", "tool_choice"];

    public static void Check(JsonObject body)
    {
        Only(body, fields, "");
        Require(body["model"] is not null, "you must provide a model parameter");
        Require(body["messages"] is JsonArray { Count: > 0 }, "[] is too short - 'messages'");
        foreach (var (i, tool) in (body["tools"] as JsonArray ?? []).Index())
        {
            Require(tool!["type"]?.GetValue<string>() == "function", $"Invalid value for 'tools[{i}].type'");
            Only(tool["function"]!.AsObject(), ["name", "description", "parameters", "strict"], $"tools[{i}].function.");
        }
        var open = new List<string>();
        foreach (var (i, message) in body["messages"]!.AsArray().Index())
        {
            var role = message!["role"]?.GetValue<string>();
            if (role == "tool")
            {
                Require(open.Remove(message["tool_call_id"]?.GetValue<string>() ?? ""), "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.");
                continue;
            }
            Require(open.Count == 0, $"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}");
            Require(role is "system" or "developer" or "user" or "assistant", $"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'tool', and 'developer'.");
            Only(message.AsObject(), role == "assistant" ? ["role", "content", "tool_calls", "refusal"] : ["role", "content", "name"], $"messages[{i}].");
            var calls = message["tool_calls"] as JsonArray ?? [];
            Require(calls.Count > 0 || message["content"] is not null, $"Invalid value for 'content': expected a string, got null (messages[{i}])");
            open.AddRange(calls.Select(call => call!["id"]!.GetValue<string>()));
        }
        Require(open.Count == 0, $"An assistant message with 'tool_calls' must be followed by tool messages: {string.Join(", ", open)}");
    }

    private static void Only(JsonObject o, string[] known, string path)
    {
        foreach (var (name, _) in o) Require(known.Contains(name), $"Unrecognized request argument supplied: {path}{name}");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ApiRefusal(ApiError.Invalid(otherwise));
    }
}
