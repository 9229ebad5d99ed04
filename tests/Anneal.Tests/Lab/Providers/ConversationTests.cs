using System.Text.Json.Nodes;
using Anneal.Lab.Providers;

namespace Anneal.Tests.Lab.Providers;

public sealed class ConversationTests : IDisposable
{
    private readonly DeskLab lab = new();

    public void Dispose() => lab.Dispose();

    private async Task<(ConversationEnd End, ScriptedModel Model)> Talk(Func<int, ModelReply> script, ConversationOptions? options = null, IReadOnlyList<Tool>? tools = null)
    {
        var model = new ScriptedModel(request => script(request.Turn));
        var conversation = new Conversation(lab.Desk(model), "proposal/1", "rules", tools ?? DeskLab.Tools(), options);
        return (await conversation.RunAsync(DeskLab.Text("What next?"), TestContext.Current.CancellationToken), model);
    }

    private static ModelReply Propose(string id = "toolu_9") => ScriptedModel.Calls("propose", """{"change":"rope"}""", id);

    private static JsonArray Last(ScriptedModel model) => model.Requests[^1].Messages[^1].Content;

    [Fact]
    public async Task Tools_are_called_until_one_ends_it()
    {
        var (end, model) = await Talk(turn => turn < 2 ? ScriptedModel.Calls("read_run", """{"run":"r1"}""", $"toolu_{turn}") : Propose());
        end.ShouldBe(new ConversationEnd(ConversationOutcome.Reached, "taken", 3) with { Model = "scripted" });
        Last(model)[0]!["content"]!.GetValue<string>().ShouldBe("a curve");
        model.Requests[^1].Messages.Select(m => m.Role).ShouldBe(["user", "assistant", "user", "assistant", "user"]);
    }

    [Fact]
    public async Task Every_call_of_an_answer_is_answered_in_order()
    {
        var (_, model) = await Talk(turn => turn > 0 ? Propose() : ScriptedModel.Reply("tool_use",
            ScriptedModel.Call("read_run", """{"run":"a"}""", "toolu_a"), ScriptedModel.Call("nonsense", "{}", "toolu_b"), ScriptedModel.Call("read_run", """{"rum":"c"}""", "toolu_c")));
        var results = Last(model);
        results.Select(r => r!["tool_use_id"]!.GetValue<string>()).ShouldBe(["toolu_a", "toolu_b", "toolu_c"]);
        results.Select(r => r!["is_error"]?.GetValue<bool>() ?? false).ShouldBe([false, true, true]);
        results[1]!["content"]!.GetValue<string>().ShouldBe("There is no tool `nonsense`; expected one of propose, read_run");
        results[2]!["content"]!.GetValue<string>().ShouldContain("input.rum is not known; did you mean `run`?");
    }

    [Fact]
    public async Task Answers_go_back_as_they_came()
    {
        var thought = new JsonObject { ["type"] = "thinking", ["thinking"] = "a \u00e9 <b> \"c\"", ["signature"] = "c2lnbmF0dXJl+/=" };
        var (_, model) = await Talk(turn => turn > 0 ? Propose() : ScriptedModel.Reply("tool_use", thought, ScriptedModel.Call("read_run", """{"run":"a"}""")));
        JsonNode.DeepEquals(model.Requests[1].Messages[1].Content[0], thought).ShouldBeTrue();
    }

    [Fact]
    public async Task A_cut_off_answer_gets_more_room_once_then_a_word_about_brevity()
    {
        var (end, model) = await Talk(turn => turn < 2 ? ScriptedModel.Says("half a", "max_tokens") : Propose(), new() { MaxTokens = 1000 });
        end.Outcome.ShouldBe(ConversationOutcome.Reached);
        model.Requests.Select(r => r.MaxTokens).ShouldBe([1000, 2000, 2000]);
        model.Requests[1].Messages.Count.ShouldBe(1);
        Last(model)[^1]!["text"]!.GetValue<string>().ShouldContain("cut off");
    }

    [Fact]
    public async Task Answers_that_are_cut_off_for_ever_end_it()
    {
        var (end, model) = await Talk(_ => ScriptedModel.Says("half a", "max_tokens"));
        end.Outcome.ShouldBe(ConversationOutcome.Endless);
        end.Reason.ShouldContain("cut off at 16384 tokens");
        model.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_paused_turn_goes_on()
    {
        var (end, model) = await Talk(turn => turn == 0 ? ScriptedModel.Says("searching", "pause_turn") : Propose());
        end.Outcome.ShouldBe(ConversationOutcome.Reached);
        model.Requests[1].Messages[^1].Role.ShouldBe("assistant");
    }

    [Fact]
    public async Task A_refusal_ends_it_with_its_reason()
    {
        var (end, _) = await Talk(_ => ScriptedModel.Reply("refusal") with { StopDetail = "policy" });
        end.ShouldBe(new ConversationEnd(ConversationOutcome.Refused, "the model refused to answer: policy", 1) with { Model = "scripted" });
    }

    [Theory]
    [InlineData("I am done.")]
    [InlineData("")]
    public async Task An_end_without_the_goal_gets_one_reminder(string said)
    {
        var reply = said.Length == 0 ? ScriptedModel.Reply("end_turn") : ScriptedModel.Says(said);
        var (end, model) = await Talk(turn => turn == 0 ? reply : Propose());
        end.Outcome.ShouldBe(ConversationOutcome.Reached);
        Last(model)[^1]!["text"]!.GetValue<string>().ShouldContain("You ended your turn");
        model.Requests[1].Messages.Count.ShouldBe(said.Length == 0 ? 1 : 3);
    }

    [Fact]
    public async Task A_model_that_will_not_is_taken_at_its_word()
    {
        var (end, model) = await Talk(_ => ScriptedModel.Says("Nothing left to try."));
        end.Outcome.ShouldBe(ConversationOutcome.Declined);
        end.LastText.ShouldBe("Nothing left to try.");
        model.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Endless_chatter_ends()
    {
        var (end, model) = await Talk(turn => ScriptedModel.Calls("read_run", """{"run":"r"}""", $"toolu_{turn}"), new() { Turns = 5 });
        end.ShouldBe(new ConversationEnd(ConversationOutcome.Endless, "no end after 5 answers", 5) with { Model = "scripted" });
        model.Requests.Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_model_that_cannot_be_asked_is_an_end_and_no_exception()
    {
        var (end, _) = await Talk(_ => throw new ModelException(ModelFailure.Unauthorised, "401 authentication_error"));
        end.Outcome.ShouldBe(ConversationOutcome.Failed);
        end.Failure.ShouldBe(ModelFailure.Unauthorised);
        end.Reason.ShouldBe("401 authentication_error");
    }

    [Fact]
    public async Task Old_results_give_way_to_a_note_and_thoughts_go_with_them()
    {
        var thought = new JsonObject { ["type"] = "thinking", ["thinking"] = "hm", ["signature"] = "c2ln" };
        var (end, model) = await Talk(
            turn => turn < 6 ? ScriptedModel.Reply("tool_use", thought.DeepClone().AsObject(), ScriptedModel.Call("read_run", """{"run":"r"}""", $"toolu_{turn}")) : Propose(),
            new() { Characters = 12_000, KeptResults = 2 }, DeskLab.Tools(read: _ => new string('x', 3000)));
        end.Outcome.ShouldBe(ConversationOutcome.Reached);
        var sent = model.Requests[^1].Messages;
        sent.SelectMany(m => m.Content).Count(b => b!["content"]?.GetValue<string>().StartsWith("[This result was dropped", StringComparison.Ordinal) == true).ShouldBeGreaterThan(1);
        sent[^1].Content[0]!["content"]!.GetValue<string>().Length.ShouldBe(3000);
        // Signed thoughts hold only behind the text that they were thought over.
        var trimmed = model.Requests.First(r => RequestText.Compact(RequestText.News(r with { Turn = 0 })).Contains("was dropped", StringComparison.Ordinal));
        trimmed.Messages.SelectMany(m => m.Content).ShouldNotContain(b => b!["type"]!.GetValue<string>() == "thinking");
    }

    [Fact]
    public async Task A_conversation_that_is_run_again_makes_the_same_requests()
    {
        ModelReply Script(ModelRequest request) => request.Turn == 0 ? ScriptedModel.Calls("read_run", """{"run":"r1"}""") : Propose();
        var first = new ScriptedModel(Script);
        await new Conversation(lab.Desk(first), "proposal/1", "rules", DeskLab.Tools()).RunAsync(DeskLab.Text("What next?"), TestContext.Current.CancellationToken);
        lab.Reopen();
        var second = new ScriptedModel(Script);
        var desk = lab.Desk(second);
        var end = await new Conversation(desk, "proposal/1", "rules", DeskLab.Tools()).RunAsync(DeskLab.Text("What next?"), TestContext.Current.CancellationToken);
        end.Outcome.ShouldBe(ConversationOutcome.Reached);
        second.Requests.ShouldBeEmpty();
        desk.Drifted.ShouldBe(0);
    }

    [Fact]
    public async Task The_last_user_block_ends_a_cached_prefix_in_every_turn()
    {
        var (_, model) = await Talk(turn => turn == 0 ? ScriptedModel.Calls("read_run", """{"run":"r1"}""") : Propose());
        foreach (var request in model.Requests)
            request.Messages.SelectMany(m => m.Content).Where(b => b!["cache_control"] is not null).ShouldBe([request.Messages[^1].Content[^1]]);
    }

    [Fact]
    public async Task A_tool_that_fails_on_what_it_is_given_says_so_to_the_model()
    {
        var (end, model) = await Talk(turn => turn == 0 ? ScriptedModel.Calls("read_run", """{"run":"r1"}""") : Propose(), tools: DeskLab.Tools(read: _ => throw new FormatException("no run is called r1")));
        end.Outcome.ShouldBe(ConversationOutcome.Reached);
        Last(model)[0]!["content"]!.GetValue<string>().ShouldBe("The call failed: no run is called r1");
        Last(model)[0]!["is_error"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void A_schema_that_cannot_be_checked_is_not_offered() =>
        Should.Throw<ArgumentException>(() => new Conversation(lab.Desk(new ScriptedModel(_ => Propose())), "c", "s",
            [new Tool(new("t", "d", DeskLab.Schema("""{"type":"object","propertys":{}}""")), (_, _) => Task.FromResult(new ToolAnswer("")))]))
            .Message.ShouldContain("did you mean `properties`?");
}
