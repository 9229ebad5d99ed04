using Anneal.Lab.Execution;

namespace Anneal.Tests.Lab.Execution;

public class SlotsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_most_urgent_goes_first_then_the_first_that_came()
    {
        var slots = new Slots(1);
        var held = await slots.EnterAsync(0, Cancel);
        var order = new List<string>();
        var waiting = new[] { ("late", 2), ("urgent", 1), ("later", 2) }.Select(async who =>
        {
            var slot = await slots.EnterAsync(who.Item2, Cancel);
            lock (order) order.Add(who.Item1);
            slots.Leave(slot);
        }).ToArray();
        slots.Leave(held);
        await Task.WhenAll(waiting);
        order.ShouldBe(["urgent", "late", "later"]);
    }

    [Fact]
    public async Task One_who_gave_up_does_not_take_a_place_with_him()
    {
        var slots = new Slots(1);
        var held = await slots.EnterAsync(0, Cancel);
        using var patience = new CancellationTokenSource();
        var impatient = slots.EnterAsync(0, patience.Token);
        var patient = slots.EnterAsync(1, Cancel);
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(impatient);
        slots.Leave(held);
        (await patient).ShouldBe(held);
    }

    [Fact]
    public async Task Places_are_distinct()
    {
        var slots = new Slots(3);
        var taken = new[] { await slots.EnterAsync(0, Cancel), await slots.EnterAsync(0, Cancel), await slots.EnterAsync(0, Cancel) };
        taken.Order().ShouldBe([0, 1, 2]);
        slots.EnterAsync(0, Cancel).IsCompleted.ShouldBeFalse();
    }
}
