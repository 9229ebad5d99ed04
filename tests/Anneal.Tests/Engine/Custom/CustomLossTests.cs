using Anneal.Engine.Training;
using Anneal.Tests.Engine.Training;

namespace Anneal.Tests.Engine.Custom;

public class CustomLossTests
{
    [Fact]
    public void Label_smoothing_is_its_formula_in_double_precision()
    {
        const double Smoothing = 0.1;
        float[] logits = [2, -1, 0.5f, 3, 0.25f];
        var (target, work) = (2, logits.ToArray());
        var loss = new Proposals.Smoothed((float)Smoothing).Row(work, target);

        var total = logits.Sum(z => Math.Exp(z));
        var q = logits.Select((_, i) => Smoothing / logits.Length + (i == target ? 1 - Smoothing : 0)).ToArray();
        loss.ShouldBe(-logits.Select((z, i) => q[i] * (z - Math.Log(total))).Sum(), 1e-5);
        for (var i = 0; i < logits.Length; i++) work[i].ShouldBe((float)(Math.Exp(logits[i]) / total - q[i]), 1e-6f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Without_smoothing_it_is_the_labs_cross_entropy_softcap_included(double softcap)
    {
        TrainerOptions Capped(TrainerOptions options) => options with { Model = options.Model with { LogitSoftcap = softcap, InitStd = 0.5 } };
        using var built = new TinyRun(Capped);
        using var custom = new TinyRun(Capped, parts: new() { Loss = new Proposals.Smoothed(0) });
        for (var step = 0; step < 10; step++)
        {
            var (expected, actual) = (built.Trainer.Step(), custom.Trainer.Step());
            actual.Loss.ShouldBe(expected.Loss, 1e-4 * expected.Loss);
            actual.GradNorm.ShouldBe(expected.GradNorm, 1e-3 * expected.GradNorm);
        }
    }

    [Fact]
    public void What_is_reported_stays_the_labs_cross_entropy()
    {
        using var built = new TinyRun();
        using var custom = new TinyRun(parts: new() { Loss = new Proposals.Smoothed(0.5f) });
        custom.Trainer.Step().Loss.ShouldBe(built.Trainer.Step().Loss);
        custom.Trainer.Step().Loss.ShouldNotBe(built.Trainer.Step().Loss);
    }
}
