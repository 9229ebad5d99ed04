namespace Anneal.Tests;

public class SkeletonTests
{
    [Fact]
    public void Recipe_defaults_are_a_small_gpt2() => new Runs.Recipes.Recipe().Model.Layers.ShouldBe(4);
}
