using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Runs;

namespace Anneal.Lab.Providers;

/// <summary>
/// A conversation that has a purpose: the model is asked, its tool calls are checked and made, and so on until a tool ends
/// it, or it is clear that none will. Run again with the same answers it does the same calls in the same order.
/// </summary>
internal sealed class Conversation
{
    private const int MostCuts = 3;

    private readonly ModelDesk desk;
    private readonly string key;
    private readonly string system;
    private readonly Dictionary<string, Tool> tools;
    private readonly IReadOnlyList<ToolSpec> specs;
    private readonly ConversationOptions options;

    /// <summary>A conversation.</summary>
    /// <param name="desk">Where it is asked.</param>
    /// <param name="key">Its name in the ledger: <c>proposal/3</c>.</param>
    /// <param name="system">Rules, the same for all conversations of a kind, so that they share a cached prefix.</param>
    /// <param name="tools">What the model may call.</param>
    /// <param name="options">Limits; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A tool's schema says something that is not checked.</exception>
    public Conversation(ModelDesk desk, string key, string system, IReadOnlyList<Tool> tools, ConversationOptions? options = null)
    {
        foreach (var tool in tools) InputSchema.Require(tool.Spec.Schema, tool.Spec.Name);
        (this.desk, this.key, this.system, this.options) = (desk, key, system, options ?? new());
        (this.tools, specs) = (tools.ToDictionary(tool => tool.Spec.Name, StringComparer.Ordinal), [.. tools.Select(tool => tool.Spec)]);
    }

    /// <summary>Talks until the end.</summary>
    /// <param name="first">Blocks of the first user turn.</param>
    /// <param name="cancel">The study stops.</param>
    /// <returns>How it ended; a model that cannot be asked is an end, not an exception.</returns>
    public async Task<ConversationEnd> RunAsync(JsonArray first, CancellationToken cancel)
    {
        var talk = new Talk(new Dialogue(first), options.MaxTokens);
        try
        {
            while (talk.Turn < options.Turns)
            {
                talk.Dialogue.Trim(options.Characters, options.KeptResults);
                var reply = await AskAsync(talk, cancel);
                talk.Model = reply.Model;
                if (TextOf(reply) is { Length: > 0 } text) talk.LastText = text;
                if (await GoOnAsync(talk, reply, cancel) is { } end) return end;
            }
            return End(talk, ConversationOutcome.Endless, $"no end after {options.Turns} answers");
        }
        catch (ModelException e)
        {
            return End(talk, e.Failure == ModelFailure.OutOfMoney ? ConversationOutcome.OutOfMoney : ConversationOutcome.Failed, e.Message) with { Failure = e.Failure };
        }
    }

    private async Task<ModelReply> AskAsync(Talk talk, CancellationToken cancel)
    {
        try
        {
            return await desk.AskAsync(key, talk.Turn++, Request(talk), cancel);
        }
        catch (ModelException e) when (e.Failure == ModelFailure.TooLarge && talk.Dialogue.Trim(0, 1))
        {
            return await desk.AskAsync(key, talk.Turn++, Request(talk), cancel);
        }
    }

    private ModelRequest Request(Talk talk) => new() { System = system, Tools = specs, Messages = talk.Dialogue.ToSend(), MaxTokens = talk.MaxTokens };

    // What an answer leads to: an end, or another turn (null).
    private async Task<ConversationEnd?> GoOnAsync(Talk talk, ModelReply reply, CancellationToken cancel)
    {
        switch (reply.StopReason)
        {
            case "refusal":
                return End(talk, ConversationOutcome.Refused, $"the model refused to answer{(reply.StopDetail is null ? "" : $": {reply.StopDetail}")}");
            case "max_tokens" or "model_context_window_exceeded":
                return GoOnAfterCut(talk, reply);
            case "pause_turn" when reply.Content.Count > 0:
                talk.Dialogue.AddAnswer(reply.Content);
                return null;
        }
        var calls = reply.Content.OfType<JsonObject>().Where(block => Dialogue.Type(block) == "tool_use").ToList();
        talk.Cuts = 0;
        if (calls.Count == 0) return Remind(talk, reply);
        talk.Dialogue.AddAnswer(reply.Content);
        var results = new JsonArray();
        foreach (var call in calls)
        {
            var answer = await CallAsync(call, cancel);
            if (answer is { Ends: true, IsError: false }) return End(talk, ConversationOutcome.Reached, answer.Text);
            results.Add((JsonNode)Result(call, answer));
        }
        talk.Dialogue.AddUser(results);
        return null;
    }

    // An answer that was cut off is not used: its last block may be half a tool call. It is asked for again, once with more
    // room, then with a word about brevity.
    private ConversationEnd? GoOnAfterCut(Talk talk, ModelReply reply)
    {
        if (++talk.Cuts > MostCuts) return End(talk, ConversationOutcome.Endless, $"{talk.Cuts} answers in a row were cut off at {talk.MaxTokens} tokens");
        if (reply.StopReason == "max_tokens" && talk.MaxTokens == options.MaxTokens && talk.MaxTokens < desk.Entry.MaxOutput)
            talk.MaxTokens = Math.Min(2 * talk.MaxTokens, desk.Entry.MaxOutput);
        else if (!talk.Dialogue.Trim(0, 1) || reply.StopReason == "max_tokens")
            talk.Dialogue.Say("Your last answer was cut off, and nothing of it was kept. Think less, and answer more briefly.");
        return null;
    }

    private ConversationEnd? Remind(Talk talk, ModelReply reply)
    {
        if (talk.Reminded) return End(talk, ConversationOutcome.Declined, "the model ended its turn without reaching the conversation's end, also after a reminder");
        talk.Reminded = true;
        // An empty turn cannot be sent back.
        if (reply.Content.Count > 0) talk.Dialogue.AddAnswer(reply.Content);
        talk.Dialogue.Say(options.Reminder);
        return null;
    }

    private async Task<ToolAnswer> CallAsync(JsonObject call, CancellationToken cancel)
    {
        var name = call["name"]?.GetValue<string>() ?? "";
        if (!tools.TryGetValue(name, out var tool)) return new($"There is no tool `{name}`; {NearestWord.Hint(name, tools.Keys)}", IsError: true);
        var input = JsonSerializer.SerializeToElement(call["input"]);
        if (InputSchema.Check(tool.Spec.Schema, input) is { Count: > 0 } problems)
            return new($"The call was not made; mend its input and call again:\n- {string.Join("\n- ", problems)}", IsError: true);
        try
        {
            return await tool.CallAsync(input, cancel);
        }
        catch (Exception e) when (e is InputException or ArgumentException or FormatException or InvalidOperationException or OverflowException or KeyNotFoundException or JsonException)
        {
            // Input that fits the schema and yet makes no sense is the model's to mend, and no reason to stop a study.
            return new($"The call failed: {e.Message}", IsError: true);
        }
    }

    private JsonObject Result(JsonObject call, ToolAnswer answer)
    {
        var text = answer.Text.Length <= options.ResultCharacters ? answer.Text
            : $"{answer.Text[..options.ResultCharacters]}\n[{answer.Text.Length - options.ResultCharacters} more characters; ask for less at a time]";
        var result = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = call["id"]!.DeepClone(), ["content"] = text };
        if (answer.IsError) result["is_error"] = true;
        return result;
    }

    private static string TextOf(ModelReply reply) =>
        string.Join("\n", reply.Content.Where(block => Dialogue.Type(block) == "text").Select(block => block!["text"]!.GetValue<string>()));

    private static ConversationEnd End(Talk talk, ConversationOutcome outcome, string reason) => new(outcome, reason, talk.Turn) { LastText = talk.LastText, Model = talk.Model };

    private sealed class Talk(Dialogue dialogue, int maxTokens)
    {
        public Dialogue Dialogue { get; } = dialogue;
        public int MaxTokens { get; set; } = maxTokens;
        public int Turn { get; set; }
        public int Cuts { get; set; }
        public bool Reminded { get; set; }
        public string LastText { get; set; } = "";
        public string Model { get; set; } = "";
    }
}
