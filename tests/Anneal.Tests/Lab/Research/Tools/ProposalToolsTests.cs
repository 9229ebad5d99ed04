using System.Text.Json.Nodes;
using Anneal.Lab.Providers;

namespace Anneal.Tests.Lab.Research.Tools;

public class ProposalToolsTests
{
    private readonly ToolFixture fixture = new();

    [Fact]
    public void A_sound_proposal_ends_the_conversation()
    {
        Propose("optimizer.lr", 0.02).ShouldBe(new ToolAnswer("Accepted.", Ends: true));
        var proposal = fixture.Task.Proposal!;
        proposal.Change.ShouldBe(new Dictionary<string, string> { ["optimizer.lr"] = "0.02" });
        (proposal.Predicted.Mean, proposal.Predicted.Sd, proposal.ConfirmProbability).ShouldBe((0.01, 0.02, 0.4));
    }

    [Theory]
    [InlineData("optimizer.lrr", "0.1", "did you mean `optimizer.lr`?")]
    [InlineData("optimizer.kind", "adamw2", "did you mean `adamw`?")]
    [InlineData("model.layers", "900", "a whole number from 1 to 64")]
    [InlineData("seed", "3", "seeds are drawn by the lab")]
    [InlineData("budget.flops", "1e15", "competes at equal FLOPs")]
    [InlineData("data.corpus", "/etc", "text and order are the study's")]
    [InlineData("eval.every", "1", "the lab's")]
    [InlineData("code.block", "abc", "code goes into `code`")]
    [InlineData("data.batch_tokens", "1000", "not a multiple of model.context")]
    [InlineData("data.batch_tokens", "1024", "the champion has this change already")]
    [InlineData("optimizer.lr", "0.01", "it repeats experiment 1: rejected, effect +0.0500")]
    [InlineData("model.position.kind", "rope", "it repeats experiment 3, which is under way")]
    public void An_unsound_or_repeated_proposal_is_told_what_is_wrong(string key, string value, string hint)
    {
        var answer = Propose(key, value);
        answer.IsError.ShouldBeTrue();
        answer.Ends.ShouldBeFalse();
        answer.Text.ShouldContain(hint);
        fixture.Task.Proposal.ShouldBeNull();
    }

    [Fact]
    public void A_change_of_nothing_is_refused() => Propose(new JsonObject()).Text.ShouldContain("changes nothing");

    [Fact]
    public void An_idea_that_the_study_bars_is_barred_by_any_name()
    {
        var barred = new ToolFixture("swiglu");
        barred.Call("propose_experiment", Input(new JsonObject { ["optimizer.kind"] = "muon", ["optimizer.lr"] = 0.013 })).Text.ShouldContain("idea `muon` is barred");
    }

    [Fact]
    public void Nothing_left_needs_a_reason_and_ends_the_conversation()
    {
        fixture.Call("nothing_left", """{"reason": "All is tried."}""").Ends.ShouldBeTrue();
        fixture.Task.NothingLeft.ShouldBe("All is tried.");
    }

    private ToolAnswer Propose(string key, JsonNode value) => Propose(new JsonObject { [key] = value });

    private ToolAnswer Propose(JsonObject change) => fixture.Call("propose_experiment", Input(change));

    private static string Input(JsonObject change) => new JsonObject
    {
        ["hypothesis"] = "h",
        ["mechanism"] = "m",
        ["refuted_by"] = "r",
        ["predicted_effect"] = new JsonObject { ["mean"] = 0.01, ["sd"] = 0.02 },
        ["confirm_probability"] = 0.4,
        ["change"] = change,
    }.ToJsonString();
}
