using Anneal.Engine.Models;
using Anneal.Engine.Training;

namespace Anneal.Tests.Engine.Training;

public class StepTapTests
{
    [Fact]
    public void A_tap_that_does_nothing_changes_no_bit_and_allocates_nothing()
    {
        using TinyRun plain = new(), tapped = new();
        tapped.Trainer.Tap = new Probe();
        for (var step = 0; step < 10; step++) tapped.Trainer.Step().ShouldBe(plain.Trainer.Step());
        foreach (var (a, b) in plain.Trainer.Model.Parameters.Zip(tapped.Trainer.Model.Parameters)) a.Value.SequenceEqual(b.Value).ShouldBeTrue();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 10; step++) tapped.Trainer.Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void A_batch_is_edited_before_it_is_measured()
    {
        using TinyRun plain = new(), tapped = new();
        tapped.Trainer.Tap = new Probe { OnLoaded = batch => batch.Fill(3) };
        var (clean, edited) = (plain.Trainer.Step(), tapped.Trainer.Step());
        edited.BatchHash.ShouldNotBe(clean.BatchHash);
        edited.TokenEntropy.ShouldBe(0);
        edited.Loss.ShouldNotBe(clean.Loss);
    }

    [Fact]
    public void Inputs_and_targets_are_edited_apart_and_after_it()
    {
        using TinyRun plain = new(), tapped = new();
        tapped.Trainer.Tap = new Probe { OnFed = (_, targets) => targets.Clear() };
        for (var step = 0; step < 5; step++) tapped.Trainer.Step().BatchHash.ShouldBe(plain.Trainer.Step().BatchHash);
        tapped.Trainer.Step().Loss.ShouldBeLessThan(plain.Trainer.Step().Loss);
    }

    [Fact]
    public void Gradients_are_edited_before_the_guard_looks()
    {
        using var run = new TinyRun();
        run.Trainer.Tap = new Probe { OnDifferentiated = model => model.Parameters[0].Grad[0] = float.NaN };
        run.Trainer.Step().Nonfinite.ShouldBeTrue();
    }

    [Fact]
    public void The_rate_that_is_used_is_reported()
    {
        using TinyRun plain = new(), tapped = new();
        tapped.Trainer.Tap = new Probe { OnRate = rate => 3 * rate };
        var (clean, edited) = (plain.Trainer.Step(), tapped.Trainer.Step());
        edited.LearningRate.ShouldBe(3 * clean.LearningRate, 1e-12);
        edited.UpdateNorm.ShouldBe(3 * clean.UpdateNorm, 1e-3 * clean.UpdateNorm);
    }

    private delegate void Feed(Span<int> inputs, Span<int> targets);

    private delegate void Batch(Span<int> batch);

    private sealed class Probe : StepTap
    {
        public Batch? OnLoaded { get; init; }

        public Feed? OnFed { get; init; }

        public Action<Transformer>? OnDifferentiated { get; init; }

        public Func<double, double>? OnRate { get; init; }

        public override void Loaded(Span<int> batch) => OnLoaded?.Invoke(batch);

        public override void Fed(Span<int> inputs, Span<int> targets) => OnFed?.Invoke(inputs, targets);

        public override void Differentiated(Transformer model) => OnDifferentiated?.Invoke(model);

        public override double Rate(double scheduled) => OnRate?.Invoke(scheduled) ?? scheduled;
    }
}
