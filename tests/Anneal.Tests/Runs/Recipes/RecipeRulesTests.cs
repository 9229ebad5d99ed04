using Anneal.Runs.Recipes;

namespace Anneal.Tests.Runs.Recipes;

public class RecipeRulesTests
{
    private static readonly Recipe Sound = new() { Budget = new() { Tokens = 100_000 } };

    [Fact]
    public void A_sound_recipe_has_no_problems() => RecipeRules.Check(Sound).ShouldBeEmpty();

    [Theory]
    [InlineData("model.heads=3", "model.width", "128 does not split into 3 heads of even width; the nearest width is 126")]
    [InlineData("model.heads=128", "model.width", "128 does not split into 128 heads of even width; the nearest width is 256")]
    [InlineData("model.kv_heads=3", "model.kv_heads", "3 does not divide heads = 4; 0 means as many as heads")]
    [InlineData("model.mlp.kind=swiglu,model.mlp.ratio=0.05", "model.mlp.ratio", "0.05 leaves no hidden unit at width 128")]
    [InlineData("model.context=100", "data.batch_tokens", "4096 is not a multiple of model.context 100; near it are 4000 and 4100")]
    [InlineData("data.batch_tokens=128", "data.batch_tokens", "128 is not a multiple of model.context 256; the least is 256")]
    [InlineData("data.mixture.System=0", "data.mixture", "all weights are 0; give at least one domain a weight above 0")]
    [InlineData("schedule.kind=wsd,schedule.warmup=0.5,schedule.decay=0.75", "schedule.decay", "warmup 0.5 and decay 0.75 are longer than the run together")]
    [InlineData("budget.tokens=null", "budget", "not set; set one of budget.tokens, budget.flops, budget.seconds")]
    [InlineData("budget.flops=1e9", "budget", "set 2 times (tokens 100000, flops 1000000000); keep one")]
    [InlineData("budget.tokens=4095", "budget.tokens", "4095 is less than one batch of 4096")]
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
