using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

public class RecipeDiffTests
{
    [Fact]
    public void Only_the_keys_that_differ_are_named_with_both_values() =>
        RecipeDiff.Between("model:\n  mlp:\n    kind: gelu\n  width: 64\noptimizer:\n  betas: [0.9, 0.95]\n", "model:\n  mlp:\n    kind: relu2\n  width: 64\noptimizer:\n  betas: [0.9, 0.99]\nseed: 2\n")
            .ShouldBe([new("model.mlp.kind", "gelu", "relu2"), new("optimizer.betas", "[0.9, 0.95]", "[0.9, 0.99]"), new("seed", null, "2")]);

    [Fact]
    public void A_recipe_does_not_differ_from_itself() => RecipeDiff.Between(SampleStudy.Finished().Champion, SampleStudy.Finished().Champion).ShouldBeEmpty();
}
