using Anneal.Lab;
using Anneal.Lab.Providers;
using Anneal.Runs;

namespace Anneal.Tests.Lab.Providers;

public sealed class ModelDeskTests : IDisposable
{
    private readonly DeskLab lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => lab.Dispose();

    [Fact]
    public async Task An_answer_that_arrived_is_never_bought_again()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Says("hello"));
        await lab.Desk(model).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel);
        lab.Reopen();
        var reply = await lab.Desk(model).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel);
        reply.Content[0]!["text"]!.GetValue<string>().ShouldBe("hello");
        model.Requests.Count.ShouldBe(1);
        lab.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_question_in_the_same_turn_is_answered_from_the_ledger_and_counted_as_drifted()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Says("hello"));
        var desk = lab.Desk(model);
        await desk.AskAsync("proposal/1", 0, DeskLab.Ask("loss 3.10"), Cancel);
        await desk.AskAsync("proposal/1", 0, DeskLab.Ask("loss 3.11"), Cancel);
        model.Requests.Count.ShouldBe(1);
        desk.Drifted.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_is_in_the_ledger_before_it_is_sent()
    {
        var seen = -1;
        var model = new ScriptedModel(_ => ScriptedModel.Says("hello")) { Before = (_, _) => { seen = lab.Calls.Count; return Task.CompletedTask; } };
        await lab.Desk(model).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel);
        seen.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_a_kill_lost_stays_charged_at_its_reservation_and_is_asked_again_once()
    {
        // The process dies here, with the call under way.
        var dying = new ScriptedModel(_ => ScriptedModel.Says("never")) { Before = (_, _) => { lab.Reopen(); throw new IOException("killed"); } };
        await Should.ThrowAsync<IOException>(() => lab.Desk(dying).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel));
        lab.Calls.Single().Outcome.ShouldBeNull();

        var model = new ScriptedModel(_ => ScriptedModel.Says("hello"));
        var desk = lab.Desk(model);
        lab.Calls.Single().Outcome.ShouldBe("uncertain");
        desk.SpentUsd.ShouldBe(lab.Calls.Single().ReservedUsd);
        desk.SpentUsd.ShouldBeGreaterThan(0);
        await desk.AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel);
        lab.Calls.Select(call => call.Outcome).ShouldBe(["uncertain", "answered"]);
    }

    [Fact]
    public async Task A_conversation_that_lost_two_calls_is_not_continued()
    {
        for (var i = 0; i < 2; i++)
        {
            var dying = new ScriptedModel(_ => ScriptedModel.Says("never")) { Before = (_, _) => { lab.Reopen(); throw new IOException("killed"); } };
            await Should.ThrowAsync<IOException>(() => lab.Desk(dying).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel));
        }
        var model = new ScriptedModel(_ => ScriptedModel.Says("hello"));
        var e = await Should.ThrowAsync<ModelException>(() => lab.Desk(model).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel));
        e.Message.ShouldContain("2 calls of conversation proposal/1 were lost");
        model.Requests.ShouldBeEmpty();
        await lab.Desk(model).AskAsync("proposal/2", 0, DeskLab.Ask("hi"), Cancel);
    }

    [Fact]
    public async Task Busy_providers_are_asked_again_and_every_attempt_is_a_row()
    {
        var failures = new Queue<ModelFailure>([ModelFailure.RateLimited, ModelFailure.Unavailable, ModelFailure.Network]);
        var model = new ScriptedModel(_ => failures.TryDequeue(out var failure) ? throw new ModelException(failure, "not now") : ScriptedModel.Says("hello"));
        await lab.Desk(model).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel);
        lab.Calls.Select(call => call.Outcome).ShouldBe(["failed", "failed", "failed", "answered"]);
        lab.Calls.Sum(call => call.Usd).ShouldBe(ScriptedModel.Entry.Cost(new(1000, 100)), 1e-12);
        lab.Listener.Of<ModelFaltered>().Count().ShouldBe(3);
        lab.Listener.Of<ModelCalled>().Single().SpentUsd.ShouldBe(0.006, 1e-12);
    }

    [Fact]
    public async Task Patience_ends()
    {
        var model = new ScriptedModel(_ => throw new ModelException(ModelFailure.Unavailable, "overloaded"));
        await Should.ThrowAsync<ModelException>(() => lab.Desk(model).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel));
        lab.Calls.Count.ShouldBe(DeskLab.Hasty.Attempts);
    }

    [Fact]
    public async Task A_provider_that_was_given_up_on_is_knocked_at_once_until_it_answers()
    {
        var away = true;
        var model = new ScriptedModel(_ => away ? throw new ModelException(ModelFailure.Network, "no route") : ScriptedModel.Says("back"));
        var desk = lab.Desk(model);
        for (var n = 1; n <= 3; n++) await Should.ThrowAsync<ModelException>(() => desk.AskAsync($"proposal/{n}", 0, DeskLab.Ask("hi"), Cancel));
        model.Requests.Count.ShouldBe(DeskLab.Hasty.Attempts + 2);
        away = false;
        await desk.AskAsync("proposal/4", 0, DeskLab.Ask("hi"), Cancel);
        away = true;
        await Should.ThrowAsync<ModelException>(() => desk.AskAsync("proposal/5", 0, DeskLab.Ask("hi"), Cancel));
        model.Requests.Count.ShouldBe(DeskLab.Hasty.Attempts + 3 + DeskLab.Hasty.Attempts);
    }

    [Fact]
    public async Task A_provider_that_asks_for_too_long_a_wait_is_not_waited_for()
    {
        var model = new ScriptedModel(_ => throw new ModelException(ModelFailure.RateLimited, "slow down") { RetryAfter = TimeSpan.FromHours(1) });
        await Should.ThrowAsync<ModelException>(() => lab.Desk(model).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel));
        model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_key_is_tried_once_and_never_again()
    {
        var model = new ScriptedModel(_ => throw new ModelException(ModelFailure.Unauthorised, "401"));
        var desk = lab.Desk(model);
        await Should.ThrowAsync<ModelException>(() => desk.AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel));
        await Should.ThrowAsync<ModelException>(() => desk.AskAsync("proposal/2", 0, DeskLab.Ask("hi"), Cancel));
        model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_may_have_been_paid_for_is_charged_in_full_and_not_bought_again()
    {
        var model = new ScriptedModel(_ => throw new ModelException(ModelFailure.Network, "cut") { Uncertain = true });
        var desk = lab.Desk(model);
        await Should.ThrowAsync<ModelException>(() => desk.AskAsync("proposal/1", 0, DeskLab.Ask("hi"), Cancel));
        lab.Calls.Single().Outcome.ShouldBe("uncertain");
        desk.SpentUsd.ShouldBe(lab.Calls.Single().ReservedUsd);
    }

    [Fact]
    public async Task The_cap_holds_with_eight_conversations_in_flight()
    {
        var inFlight = 0.0;
        var most = 0.0;
        var gate = new Lock();
        var model = new ScriptedModel(request => ScriptedModel.Says("hello") with { Usage = new(RequestText.TokensAtMost(request), request.MaxTokens) })
        {
            Before = async (request, _) =>
            {
                var worst = ScriptedModel.Entry.CostAtMost(RequestText.TokensAtMost(request), request.MaxTokens);
                lock (gate) most = Math.Max(most, inFlight += worst);
                await Task.Delay(3, Cancel);
                lock (gate) inFlight -= worst;
            },
        };
        var desk = lab.Desk(model, usd: 0.5);
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 8).Select(async n =>
        {
            for (var turn = 0; turn < 10; turn++)
            {
                try
                {
                    await desk.AskAsync($"proposal/{n}", turn, DeskLab.Ask("hi", 3000), Cancel);
                }
                catch (ModelException e)
                {
                    return e.Failure;
                }
            }
            return (ModelFailure?)null;
        }));
        outcomes.ShouldContain(ModelFailure.OutOfMoney);
        lab.Calls.Sum(call => call.Usd).ShouldBeLessThanOrEqualTo(0.5 + 1e-9);
        lab.Calls.Sum(call => call.Usd).ShouldBeGreaterThan(0.4);
        most.ShouldBeLessThanOrEqualTo(0.5 + 1e-9);
        desk.SpentUsd.ShouldBe(lab.Calls.Sum(call => call.Usd), 1e-9);
    }

    [Fact]
    public async Task Near_the_end_of_the_money_a_shorter_answer_is_asked_for_then_none()
    {
        var model = new ScriptedModel(request => ScriptedModel.Says("hello") with { Usage = new(2000, request.MaxTokens) });
        var desk = lab.Desk(model, usd: 0.11);
        await desk.AskAsync("proposal/1", 0, DeskLab.Ask("hi", 8000), Cancel);
        model.Requests[0].MaxTokens.ShouldBe(4000);
        var e = await Should.ThrowAsync<ModelException>(() => desk.AskAsync("proposal/1", 1, DeskLab.Ask("hi", 8000), Cancel));
        e.Failure.ShouldBe(ModelFailure.OutOfMoney);
        e.Message.ShouldContain("of $0.11 is left");
        model.Requests.Count.ShouldBe(1);
        lab.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_count_is_asked_for_only_where_the_bound_does_not_fit()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Says("hello")) { Tokens = 5000 };
        var desk = lab.Desk(model, usd: 0.1);
        // 20,000 digits may be 20,000 tokens: $0.11. Counted they are 5,506.
        await desk.AskAsync("proposal/1", 0, DeskLab.Ask(new string('7', 20_000), 1024), Cancel);
        lab.Calls.Single().ReservedUsd.ShouldBe((5506 * 5 + 1024 * 20) / 1e6, 1e-9);
    }

    [Fact]
    public void A_paid_model_needs_a_limit() =>
        Should.Throw<InputException>(() => lab.Desk(new ScriptedModel(_ => ScriptedModel.Says("")), usd: null)).Message.ShouldContain("budget: {usd: N}");

    [Fact]
    public async Task A_request_that_the_model_cannot_read_is_not_sent()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Says("hello"));
        var desk = lab.Desk(model, entry: ScriptedModel.Entry with { Context = 10_000 });
        var e = await Should.ThrowAsync<ModelException>(() => desk.AskAsync("proposal/1", 0, DeskLab.Ask(new string('7', 20_000)), Cancel));
        e.Failure.ShouldBe(ModelFailure.TooLarge);
        model.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_gives_up_leaves_an_uncertain_call()
    {
        using var stop = new CancellationTokenSource();
        var model = new ScriptedModel(_ => ScriptedModel.Says("late")) { Before = (_, cancel) => { stop.Cancel(); return Task.Delay(Timeout.Infinite, cancel); } };
        await Should.ThrowAsync<OperationCanceledException>(() => lab.Desk(model).AskAsync("proposal/1", 0, DeskLab.Ask("hi"), stop.Token));
        lab.Calls.Single().Outcome.ShouldBe("uncertain");
    }
}
