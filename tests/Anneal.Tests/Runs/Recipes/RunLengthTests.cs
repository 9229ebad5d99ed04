using Anneal.Runs.Recipes;
using Anneal.Tests.Worker;

namespace Anneal.Tests.Runs.Recipes;

public class RunLengthTests
{
    [Theory]
    [InlineData(128 * 10, 10)]
    [InlineData((128 * 10) + 127, 10)]
    [InlineData(128, 1)]
    [InlineData(1, 1)]
    public void A_budget_of_tokens_is_whole_batches_and_at_least_one(long tokens, int steps) =>
        RunLength.Steps(TinyLab.Recipe with { Budget = new() { Tokens = tokens } }, 257).ShouldBe(steps);

    [Theory]
    [InlineData(10, 10)]
    [InlineData(10.99, 10)]
    [InlineData(0.5, 1)]
    public void A_budget_of_flops_is_whole_steps_and_at_least_one(double budgetInSteps, int steps)
    {
        var perStep = RunLength.FlopsPerStep(TinyLab.Recipe, 257);

        RunLength.Steps(TinyLab.Recipe with { Budget = new() { Flops = budgetInSteps * perStep } }, 257).ShouldBe(steps);
    }

    [Fact]
    public void A_bigger_model_gets_fewer_steps_from_the_same_flops()
    {
        var recipe = TinyLab.Recipe with { Budget = new() { Flops = 1e9 } };

        RunLength.Steps(recipe.With(["model.layers=4"]), 257).ShouldBeLessThan(RunLength.Steps(recipe, 257));
        RunLength.Parameters(recipe.With(["model.layers=4"]), 257).ShouldBeGreaterThan(RunLength.Parameters(recipe, 257));
    }

    [Fact]
    public void A_budget_of_seconds_has_no_steps_before_it_is_measured() =>
        Should.Throw<InvalidOperationException>(() => RunLength.Steps(TinyLab.Recipe with { Budget = new() { Seconds = 1 } }, 257));
}
