using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
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

        var products = run.Trainer.Model.Parameters.Where(p => p.Group == ParameterGroup.Matrix)
            .Sum(p => 5 * (4.0 * p.Shape[0] * p.Shape[0] * p.Shape[1] + 2.0 * p.Shape[0] * p.Shape[0] * p.Shape[0]));
        (run.Trainer.FlopsPerStep - before).ShouldBe(products, 1);
    }

    [Fact]
    public void Muon_from_the_vocabulary_trains_like_the_built_in_one()
    {
        using var built = new TinyRun(options => options with { Optimizer = Settings });
        using var custom = new TinyRun(options => options with { Optimizer = Settings }, parts: new() { Optimizer = new VocabularyMuon() });
        for (var step = 0; step < 20; step++)
        {
            var (expected, actual) = (built.Trainer.Step(), custom.Trainer.Step());
            actual.Loss.ShouldBe(expected.Loss, 1e-5 * expected.Loss, $"step {step}");
            actual.UpdateNorm.ShouldBe(expected.UpdateNorm, 1e-3 * expected.UpdateNorm);
        }
    }

    private static OptimizerConfig Settings => new() { Kind = OptimizerKind.Muon, Lr = 0.02, AdamLr = 5e-3 };

    private sealed class VocabularyMuon : CustomOptimizer
    {
        public override void Declare(ParameterStates states)
        {
            states.Like("mean");
            if (states.Group != ParameterGroup.Matrix) states.Like("square");
        }

        public override void Update(in ParameterUpdate p)
        {
            if (p.Group != ParameterGroup.Matrix)
            {
                VectorMath.AdamW(p, p.State(0), p.State(1), p.LearningRate * p.Settings.AdamLr / p.Settings.Lr);
                return;
            }

            var momentum = p.State(0);
            VectorMath.Blend(momentum, (float)p.Settings.Momentum, p.Gradient, 1);
            var direction = p.Math.Scratch(0, momentum.Length);
            p.Gradient.CopyTo(direction);
            VectorMath.AddScaled(direction, momentum, (float)p.Settings.Momentum);
            p.Math.Orthogonalize(direction, p.Rows, p.Columns);
            VectorMath.Scale(p.Value, (float)(1 - p.LearningRate * p.WeightDecay));
            VectorMath.AddScaled(p.Value, direction, -(float)(p.LearningRate * Math.Sqrt(Math.Max(1, (double)p.Rows / p.Columns))));
        }
    }
}
