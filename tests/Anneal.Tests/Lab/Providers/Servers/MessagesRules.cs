using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Anneal.Tests.Lab.Providers.Servers;

// What the Messages API refuses, in the words it uses. Version 2026-10-21, a model whose thinking is always on.
internal static partial class MessagesRules
{
    public const int Context = 1_000_000, MaxOutput = 128_000;

    private static readonly string[] fields =
    [
        "model", "max_tokens", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "stream", "stop_sequences", "metadata", "service_tier", "cache_control",
    ];

    private static readonly Dictionary<string, (string[] Roles, string[] Required, string[] Optional)> blocks = new()
    {
        ["text"] = (["user", "assistant", "system"], ["text"], ["cache_control", "citations"]),
        ["tool_use"] = (["assistant"], ["id", "name", "input"], ["cache_control", "caller"]),
        ["tool_result"] = (["user"], ["tool_use_id"], ["content", "is_error", "cache_control"]),
        ["thinking"] = (["assistant"], ["thinking", "signature"], []),
        ["redacted_thinking"] = (["assistant"], ["data"], []),
    };

    // paused: the server ended its last answer with pause_turn, and lets the conversation end with it.
    public static void Check(JsonObject body, bool counting, Func<JsonNode, bool> paused)
    {
        Only(body, counting ? [.. fields.Except(["max_tokens", "stream"])] : fields, "");
        Require(body["model"] is JsonValue, "model: Field required");
        if (!counting)
        {
            Require(body["max_tokens"] is not null, "max_tokens: Field required");
            Require(body["max_tokens"]!.GetValue<int>() is >= 1 and <= MaxOutput, $"max_tokens: {body["max_tokens"]} is not between 1 and {MaxOutput}, the maximum allowed number of output tokens");
        }
        foreach (var block in SystemBlocks(body)) CheckBlock(block, "system", "system");
        CheckTools(body);
        CheckThinking(body);
        CheckMessages(body, paused);
        var marks = Marks(body);
        Require(marks <= 4, $"A maximum of 4 blocks with cache_control may be provided. Found {marks}.");
    }

    private static IEnumerable<JsonObject> SystemBlocks(JsonObject body) => body["system"] is JsonArray list ? list.OfType<JsonObject>() : [];

    private static void CheckTools(JsonObject body)
    {
        var names = new HashSet<string>();
        foreach (var (i, tool) in (body["tools"] as JsonArray ?? []).Index())
        {
            Only(tool!.AsObject(), ["name", "description", "input_schema", "cache_control", "strict", "type"], $"tools.{i}.");
            var name = tool["name"]?.GetValue<string>() ?? "";
            Require(ToolName().IsMatch(name), $"tools.{i}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
            Require(names.Add(name), "tools: Tool names must be unique.");
            Require(tool["input_schema"]?["type"]?.GetValue<string>() == "object", $"tools.{i}.input_schema.type: Input should be 'object'");
        }
        var choice = body["tool_choice"]?["type"]?.GetValue<string>();
        Require(choice is null or "auto" or "none", "tool_choice: forcing tool use is not supported for this model.");
    }

    private static void CheckThinking(JsonObject body)
    {
        if (body["thinking"] is JsonObject thinking)
        {
            Only(thinking, ["type", "display"], "thinking.");
            var type = thinking["type"]?.GetValue<string>();
            Require(type == "adaptive", $"\"thinking.type.{type}\" is not supported for this model.");
            Require(thinking["display"]?.GetValue<string>() is null or "summarized" or "omitted", "thinking.display: Input should be 'summarized' or 'omitted'");
        }
        if (body["output_config"] is not JsonObject output) return;
        Only(output, ["effort", "format"], "output_config.");
        Require(output["effort"]?.GetValue<string>() is null or "low" or "medium" or "high" or "xhigh" or "max", "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
    }

    private static void CheckMessages(JsonObject body, Func<JsonNode, bool> paused)
    {
        Require(body["messages"] is JsonArray, "messages: Field required");
        var messages = body["messages"]!.AsArray();
        Require(messages.Count > 0, "messages: at least one message is required");
        HashSet<string> open = [], seen = [];
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i]!.AsObject();
            Only(message, ["role", "content"], $"messages.{i}.");
            var role = message["role"]?.GetValue<string>();
            Require(role is "user" or "assistant", $"messages: Unexpected role \"{role}\". Allowed roles are \"user\" or \"assistant\"");
            Require(role == (i % 2 == 0 ? "user" : "assistant"), $"messages: roles must alternate between \"user\" and \"assistant\", but found \"{role}\" at {i}");
            var content = MessagesCall.Blocks(message["content"]).ToList();
            Require(content.Count > 0, $"messages.{i}: all messages must have non-empty content");
            foreach (var (b, block) in content.Index()) CheckBlock(block, role!, $"messages.{i}.content.{b}");
            CheckResults(content, i, open);
            open = [.. content.Where(block => TypeOf(block) == "tool_use").Select(block => block["id"]!.GetValue<string>())];
            foreach (var id in open) Require(seen.Add(id), $"messages.{i}: `tool_use` ids must be unique, found {id} twice");
        }
        Require(open.Count == 0, $"messages.{messages.Count - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", open)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
        Require(messages.Count % 2 == 1 || paused(messages[^1]!), "This model does not support assistant message prefill. The conversation must end with a user message.");
    }

    private static void CheckResults(List<JsonObject> content, int i, HashSet<string> open)
    {
        var results = content.Where(block => TypeOf(block) == "tool_result").Select(block => block["tool_use_id"]!.GetValue<string>()).ToList();
        foreach (var id in results)
            Require(open.Contains(id), $"messages.{i}.content: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
        var missing = open.Except(results).ToList();
        Require(missing.Count == 0, $"messages.{i - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
        Require(content.FindLastIndex(block => TypeOf(block) == "tool_result") < results.Count, $"messages.{i}.content: `tool_result` blocks must come before other content");
    }

    private static void CheckBlock(JsonObject block, string role, string path)
    {
        var type = TypeOf(block) ?? "";
        Require(blocks.TryGetValue(type, out var rule) && rule.Roles.Contains(role), $"{path}: Input tag '{type}' found using 'type' does not match any of the expected tags for {role}: {string.Join(", ", blocks.Where(b => b.Value.Roles.Contains(role)).Select(b => $"'{b.Key}'"))}");
        foreach (var field in rule.Required) Require(block[field] is not null, $"{path}.{type}.{field}: Field required");
        Only(block, ["type", .. rule.Required, .. rule.Optional], $"{path}.{type}.");
        if (type == "text") Require(block["text"]!.GetValue<string>().Trim().Length > 0, "messages: text content blocks must contain non-whitespace text");
        if (type == "tool_use") Require(block["input"] is JsonObject, $"{path}.tool_use.input: Input should be a valid dictionary");
        if (type == "tool_result" && block["content"] is JsonArray inner)
            foreach (var part in inner) CheckBlock(part!.AsObject(), "user", $"{path}.tool_result.content");
        if (block["cache_control"] is JsonObject mark)
        {
            Only(mark, ["type", "ttl"], $"{path}.cache_control.");
            Require(mark["type"]?.GetValue<string>() == "ephemeral", $"{path}.cache_control.type: Input should be 'ephemeral'");
        }
    }

    private static int Marks(JsonNode? node) => node switch
    {
        JsonObject o => o.Sum(p => p.Key == "cache_control" ? 1 : Marks(p.Value)),
        JsonArray list => list.Sum(Marks),
        _ => 0,
    };

    private static void Only(JsonObject o, string[] known, string path)
    {
        foreach (var (name, _) in o) Require(known.Contains(name), $"{path}{name}: Extra inputs are not permitted");
    }

    private static string? TypeOf(JsonObject block) => block["type"]?.GetValue<string>();

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ApiRefusal(ApiError.Invalid(otherwise));
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,128}$")]
    private static partial Regex ToolName();
}
