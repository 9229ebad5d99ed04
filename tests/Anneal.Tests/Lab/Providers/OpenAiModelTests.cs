using Anneal.Lab.Providers;
using Anneal.Tests.Lab.Providers.Servers;

namespace Anneal.Tests.Lab.Providers;

public sealed class OpenAiModelTests : IDisposable
{
    private readonly DeskLab lab = new();
    private readonly CatalogModel entry = ModelCatalog.Load(null).Find("openai", null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => lab.Dispose();

    private static ServerReply Propose() => ServerReply.Tool("propose", """{"change":"rope"}""");

    private async Task<ConversationEnd> Talk(ChatServer server, string? key = null)
    {
        using var client = new OpenAiModel(entry, "medium", key ?? server.Key, server.BaseUrl);
        return await new Conversation(lab.Desk(client, entry: entry), "proposal/1", "rules", DeskLab.Tools()).RunAsync(DeskLab.Text("What next?"), Cancel);
    }

    [Fact]
    public async Task Turns_are_translated_both_ways()
    {
        await using var server = await ChatServer.StartAsync((_, number) => number switch
        {
            1 => ServerReply.Tools(null, ("read_run", """{"run":"r1"}"""), ("read_rum", "{}")),
            2 => ServerReply.Text("I am done, it seems."),
            _ => Propose(),
        });
        (await Talk(server)).Outcome.ShouldBe(ConversationOutcome.Reached);
        server.Refusals.ShouldBeEmpty();
        var turns = server.Requests[^1]["messages"]!.AsArray();
        turns.Select(turn => turn!["role"]!.GetValue<string>()).ShouldBe(["system", "user", "assistant", "tool", "tool", "assistant", "user"]);
        turns[4]!.ToJsonString().ShouldContain("Error: There is no tool");
        server.Requests[0]["reasoning_effort"]!.GetValue<string>().ShouldBe("medium");
        server.Requests[0]["max_completion_tokens"]!.GetValue<int>().ShouldBe(8192);
    }

    [Fact]
    public async Task Cached_tokens_are_told_apart_and_the_rest_is_taken_at_the_dearer_price()
    {
        await using var server = await ChatServer.StartAsync((_, _) => Propose());
        await Talk(server);
        lab.Calls.Single().Usage.ShouldBe(new ModelUsage(0, 50, CacheRead: 600, CacheWrite: 400));
        lab.Calls.Single().Usd.ShouldBe((50 * 10 + 600 * 0.1 + 400 * 2.5) / 1e6, 1e-12);
    }

    [Fact]
    public async Task A_server_that_does_not_count_is_charged_at_the_most()
    {
        await using var server = await ChatServer.StartAsync((_, _) => Propose(), counts: false);
        await Talk(server);
        lab.Calls.Single().Usd.ShouldBeGreaterThan(0.08);
        lab.Calls.Single().Usd.ShouldBeLessThanOrEqualTo(lab.Calls.Single().ReservedUsd);
    }

    [Theory]
    [InlineData(401, ModelFailure.Unauthorised, 1)]
    [InlineData(400, ModelFailure.Rejected, 1)]
    [InlineData(429, ModelFailure.RateLimited, 5)]
    [InlineData(500, ModelFailure.Unavailable, 5)]
    public async Task A_no_is_understood(int status, ModelFailure failure, int attempts)
    {
        await using var server = await ChatServer.StartAsync((_, _) => ServerReply.Fail(status, "because of the moon"));
        var end = await Talk(server);
        end.Failure.ShouldBe(failure);
        end.Reason.ShouldContain("because of the moon");
        server.Requests.Count.ShouldBe(attempts);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_uncertain_and_not_used()
    {
        await using var server = await ChatServer.StartAsync((_, _) => Propose() with { EndAfter = 3 });
        (await Talk(server)).Failure.ShouldBe(ModelFailure.Network);
        lab.Calls.Single().Outcome.ShouldBe("uncertain");
    }

    [Fact]
    public async Task A_cut_connection_is_uncertain_too()
    {
        await using var server = await ChatServer.StartAsync((_, _) => Propose() with { CutAfter = 2 });
        (await Talk(server)).Failure.ShouldBe(ModelFailure.Network);
        lab.Calls.Single().Outcome.ShouldBe("uncertain");
    }

    [Fact]
    public async Task Refusals_lengths_and_broken_arguments_go_the_way_of_the_Messages_API()
    {
        await using var server = await ChatServer.StartAsync((_, number) => number switch
        {
            1 => ServerReply.Stops("max_tokens", ServerReply.TextBlock("half")),
            2 => ServerReply.Tool("propose", """{"change":"ha"""),
            _ => ServerReply.Refusal("not this"),
        });
        var end = await Talk(server);
        (end.Outcome, end.Reason).ShouldBe((ConversationOutcome.Refused, "the model refused to answer: not this"));
        server.Requests[2].ToJsonString().ShouldContain("input.change is missing");
    }

    [Fact]
    public async Task Models_are_listed()
    {
        await using var server = await ChatServer.StartAsync((_, _) => Propose());
        using var client = new OpenAiModel(entry, null, server.Key, server.BaseUrl);
        (await client.ListAsync(Cancel)).ShouldBe(["gpt-6.1-sol"]);
    }
}
