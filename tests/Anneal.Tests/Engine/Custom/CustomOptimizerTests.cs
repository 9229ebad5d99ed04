using Anneal.Tests.Engine.Training;

namespace Anneal.Tests.Engine.Custom;

public class CustomOptimizerTests
{
    [Fact]
    public void AdamW_over_spans_trains_like_the_built_in_one()
    {
        using var built = new TinyRun();
        using var custom = new TinyRun(parts: new() { Optimizer = new Proposals.Adam() });
        for (var step = 0; step < 20; step++)
        {
            var (expected, actual) = (built.Trainer.Step(), custom.Trainer.Step());
            actual.Loss.ShouldBe(expected.Loss, 1e-6 * expected.Loss);
            actual.UpdateNorm.ShouldBe(expected.UpdateNorm, 1e-4 * expected.UpdateNorm);
            actual.ParamNorm.ShouldBe(expected.ParamNorm, 1e-6 * expected.ParamNorm);
        }
    }

    [Fact]
    public void A_Muon_written_with_products_learns_and_its_products_are_counted()
    {
        using var run = new TinyRun(parts: new() { Optimizer = new Proposals.Muonish() });
        var before = run.Trainer.FlopsPerStep;
        var losses = Enumerable.Range(0, 40).Select(_ => run.Trainer.Step().Loss).ToList();
        losses[^1].ShouldBeLessThan(losses[0] - 0.5);

        var products = run.Trainer.Model.Parameters.Where(p => p.Group == Anneal.Engine.Models.ParameterGroup.Matrix)
            .Sum(p => 5 * (4.0 * p.Shape[0] * p.Shape[0] * p.Shape[1] + 2.0 * p.Shape[0] * p.Shape[0] * p.Shape[0]));
        (run.Trainer.FlopsPerStep - before).ShouldBe(products, 1);
    }
}
