using Anneal.Runs.Recipes;

namespace Anneal.Tests.Runs.Recipes;

public class RecipeRulesTests
{
    private static readonly Recipe Sound = new() { Budget = new() { Tokens = 100_000 } };

    [Fact]
    public void A_sound_recipe_has_no_problems() => RecipeRules.Check(Sound).ShouldBeEmpty();

    [Theory]
    [InlineData("model.heads=3", "model.width", "width 128 is not a multiple of heads 3; near it are 126 and 129")]
    [InlineData("model.heads=256", "model.width", "width 128 is not a multiple of heads 256; the least width is 256")]
    [InlineData("model.kv_heads=3", "model.kv_heads", "kv_heads 3 does not divide heads 4; use 1, 2, 4, or 0 for as many as heads")]
    [InlineData("model.heads=128,model.position.kind=rope", "model.heads", "head width 1 (width 128 / heads 128) is odd, but rope turns pairs")]
    [InlineData("model.mlp.ratio=0.001", "model.mlp.ratio", "mlp.ratio 0.001 gives a hidden width of 0 at width 128")]
    [InlineData("model.context=100", "data.batch_tokens", "batch_tokens 4096 is not a multiple of context 100; near it are 4000 and 4100")]
    [InlineData("data.batch_tokens=128", "data.batch_tokens", "batch_tokens 128 is not a multiple of context 256; the least batch_tokens is 256")]
    [InlineData("data.mixture.System=0", "data.mixture", "all weights of the mixture are 0")]
    [InlineData("schedule.kind=wsd,schedule.warmup=0.5,schedule.decay=0.75", "schedule.decay", "warmup 0.5 and decay 0.75 add up to 1.25 of the run")]
    [InlineData("budget.tokens=null", "budget", "the budget is not set; set one of budget.tokens, budget.flops, budget.seconds")]
    [InlineData("budget.flops=1e9", "budget", "the budget is set 2 times (tokens 100000, flops 1000000000); keep one")]
    [InlineData("budget.tokens=4095", "budget.tokens", "tokens 4095 is less than one batch of 4096")]
    public void What_cannot_run_is_named_with_its_values_and_a_way_out(string changes, string key, string message)
    {
        var problem = RecipeRules.Check(Sound.With(changes.Split(','))).ShouldHaveSingleItem();

        problem.Key.ShouldBe(key);
        problem.Message.ShouldStartWith(message);
    }

    [Fact]
    public void Warmup_and_decay_may_fill_the_run_only_where_both_are_read() =>
        RecipeRules.Check(Sound.With(["schedule.warmup=0.7"])).ShouldBeEmpty();
}
