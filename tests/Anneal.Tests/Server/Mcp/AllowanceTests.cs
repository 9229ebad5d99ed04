using Anneal.Server.Mcp;

namespace Anneal.Tests.Server.Mcp;

public class AllowanceTests
{
    private static readonly McpOptions None = new() { Lab = "lab", Root = "." };

    [Fact]
    public void Without_a_budget_for_compute_nothing_is_allowed()
    {
        new Allowance(None).Reserve(new Cost(1, 0, 1)).ShouldBeNull();
        new Allowance(None with { Usd = 5 }).Reserve(new Cost(1, 0, 1)).ShouldBeNull();
    }

    [Fact]
    public void Dollars_need_a_budget_of_their_own()
    {
        new Allowance(None with { Flops = 1e12 }).Reserve(new Cost(1, 0.5, 1)).ShouldBeNull();
        new Allowance(None with { Flops = 1e12, Usd = 1 }).Reserve(new Cost(1, 0.5, 1)).ShouldNotBeNull();
    }

    [Fact]
    public void What_is_put_aside_cannot_be_spent_twice_and_what_is_not_used_comes_back()
    {
        var allowance = new Allowance(None with { Flops = 10 });
        var first = allowance.Reserve(new Cost(8, 0, 100))!;
        allowance.Reserve(new Cost(8, 0, 100)).ShouldBeNull();
        allowance.WhyNot(new Cost(8, 0, 100))!.ShouldContain("of which 2 are left");
        first.Settle(new Cost(3, 0, 1));
        allowance.Reserve(new Cost(7, 0, 100)).ShouldNotBeNull();
        allowance.Reserve(new Cost(1, 0, 100)).ShouldBeNull();
    }

    [Fact]
    public void A_job_without_limit_fits_no_budget_of_flops_and_takes_what_is_left_of_the_time()
    {
        new Allowance(None with { Flops = 1e30 }).Reserve(new Cost(double.PositiveInfinity, 0, 1)).ShouldBeNull();
        var leave = new Allowance(None with { Seconds = 60 }).Reserve(new Cost(double.PositiveInfinity, 0, double.PositiveInfinity))!;
        leave.Seconds.ShouldBe(60);
    }

    [Fact]
    public async Task A_job_that_takes_too_long_is_ended()
    {
        var leave = new Allowance(None with { Seconds = 0.05 }).Reserve(new Cost(0, 0, double.PositiveInfinity))!;
        await Should.ThrowAsync<OperationCanceledException>(leave.DoAsync(async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        }, _ => default, CancellationToken.None));
    }
}
