using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Engine.Training;

namespace Anneal.Tests.Engine.Training;

public class TrainerTests
{
    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Muon)]
    public void A_tiny_model_learns_to_count(OptimizerKind kind)
    {
        using var run = new TinyRun(options => options with { Steps = 150, Optimizer = options.Optimizer with { Kind = kind, Lr = kind == OptimizerKind.Muon ? 0.02 : 0.01 } });
        var first = run.Trainer.Step();
        StepReport last = default;
        while (run.Trainer.StepCount < 150) last = run.Trainer.Step();

        first.Loss.ShouldBe(Math.Log(TinyRun.Vocab), 0.1);
        // The entropy of where documents begin and end is about 0.4 nats a token.
        last.Loss.ShouldBeLessThan(0.8);
        last.Step.ShouldBe(150);
        last.Tokens.ShouldBe(150 * 64);
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Muon)]
    public void The_same_bits_come_out_of_one_and_two_threads(OptimizerKind kind)
    {
        TrainerOptions Wide(TrainerOptions options) => options with
        {
            Model = new()
            {
                Layers = 2,
                Width = 96,
                Heads = 4,
                KvHeads = kind == OptimizerKind.Muon ? 2 : 4,
                Context = 64,
                QkNorm = kind == OptimizerKind.Muon,
                Mlp = new() { Kind = kind == OptimizerKind.Muon ? MlpKind.Swiglu : MlpKind.Gelu },
                Norm = new() { Kind = kind == OptimizerKind.Muon ? NormKind.Rms : NormKind.Layer },
                Position = new() { Kind = kind == OptimizerKind.Muon ? PositionKind.Rope : PositionKind.Learned },
            },
            Vocab = 300,
            BatchTokens = 640,
            Optimizer = options.Optimizer with { Kind = kind },
        };
        using var one = new TinyRun(options => Wide(options) with { Threads = 1 });
        using var two = new TinyRun(options => Wide(options) with { Threads = 2 });
        for (var step = 0; step < 5; step++) one.Trainer.Step().ShouldBe(two.Trainer.Step());
        foreach (var (a, b) in one.Trainer.Model.Parameters.Zip(two.Trainer.Model.Parameters))
            a.Value.SequenceEqual(b.Value).ShouldBeTrue(a.Name);
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Muon)]
    public void A_steady_step_allocates_nothing(OptimizerKind kind)
    {
        // Ten steps pass over the shard more than once, so that the shuffle of an epoch is among them.
        using var run = new TinyRun(options => options with { Optimizer = options.Optimizer with { Kind = kind } });
        for (var step = 0; step < 10; step++) run.Trainer.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 20; step++) run.Trainer.Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Muon)]
    public void A_resumed_run_continues_bit_for_bit(OptimizerKind kind)
    {
        TrainerOptions Kind(TrainerOptions options) => options with { Optimizer = options.Optimizer with { Kind = kind } };
        using var whole = new TinyRun(Kind);
        using var first = new TinyRun(Kind);
        using var second = new TinyRun(Kind);
        var checkpoint = Path.Combine(first.Folder, "checkpoint");
        for (var step = 0; step < 17; step++)
        {
            whole.Trainer.Step();
            first.Trainer.Step();
        }

        first.Trainer.LearningRateScale = whole.Trainer.LearningRateScale = 0.7;
        first.Trainer.Save(checkpoint);
        second.Trainer.Restore(checkpoint);
        while (whole.Trainer.StepCount < whole.Trainer.Steps) second.Trainer.Step().ShouldBe(whole.Trainer.Step());
        foreach (var (a, b) in whole.Trainer.Model.Parameters.Zip(second.Trainer.Model.Parameters))
            a.Value.SequenceEqual(b.Value).ShouldBeTrue(a.Name);
        foreach (var (a, b) in whole.Trainer.Optimizer.State.Zip(second.Trainer.Optimizer.State))
            a.Values.SequenceEqual(b.Values).ShouldBeTrue(a.Name);
        second.Trainer.Stream.Cursor.ShouldBe(whole.Trainer.Stream.Cursor);
    }

    [Fact]
    public void A_non_finite_update_is_refused()
    {
        using var run = new TinyRun();
        run.Trainer.Step();
        run.Trainer.Model.Parameters[0].Value[3] = float.NaN;
        var before = run.Trainer.Model.Parameters.Select(parameter => parameter.Value.ToArray()).ToList();
        var report = run.Trainer.Step();
        report.Nonfinite.ShouldBeTrue();
        report.UpdateNorm.ShouldBe(0);
        foreach (var (parameter, values) in run.Trainer.Model.Parameters.Zip(before)) parameter.Value.SequenceEqual(values).ShouldBeTrue();
    }

    [Fact]
    public void FLOPs_are_known_before_anything_is_allocated()
    {
        using var run = new TinyRun();
        run.Trainer.FlopsPerStep.ShouldBe(Trainer.CountFlopsPerStep(run.Trainer.Options));
        // The matrix products alone are 6 FLOPs a weight and token.
        var matrices = run.Trainer.Model.Parameters.Where(parameter => parameter.Group == ParameterGroup.Matrix).Sum(parameter => parameter.Length);
        run.Trainer.FlopsPerStep.ShouldBeGreaterThan(6.0 * 64 * (matrices + (TinyRun.Vocab * 24)));
        Trainer.CountParameters(run.Trainer.Options.Model, TinyRun.Vocab).ShouldBe(run.Trainer.Model.ParameterCount);
    }

    [Fact]
    public void Block_statistics_change_nothing()
    {
        using var watched = new TinyRun();
        using var plain = new TinyRun();
        for (var step = 0; step < 3; step++)
        {
            watched.Trainer.Step();
            plain.Trainer.Step();
            var blocks = watched.Trainer.BlockStats();
            blocks.Select(block => block.Block).ShouldBe(["embedding", "block.0", "block.1", "head"]);
            blocks[1].ActRms.ShouldBeGreaterThan(0);
        }

        watched.Trainer.Step().ShouldBe(plain.Trainer.Step());
    }

    [Fact]
    public void A_batch_that_no_row_of_context_divides_is_refused_by_name() =>
        Should.Throw<ArgumentException>(() => Trainer.CountFlopsPerStep(new() { Vocab = 17, Steps = 1, BatchTokens = 100 }))
            .Message.ShouldContain("data.batch_tokens: 100");

    [Fact]
    public void Micro_batches_add_up_to_the_batch()
    {
        MicroBatch.Sequences(8, 512).ShouldBe(4);
        MicroBatch.Sequences(9, 512).ShouldBe(3);
        MicroBatch.Sequences(7, 512).ShouldBe(1);
        MicroBatch.Sequences(2, 4096).ShouldBe(1);
        MicroBatch.Sequences(4, 128).ShouldBe(4);

        using var run = new TinyRun(options => options with
        {
            Model = new ModelConfig { Layers = 1, Width = 8, Heads = 2, Context = 512, InitStd = 0.3 },
            BatchTokens = 8 * 512,
            Optimizer = options.Optimizer with { Lr = 0 },
        });
        var cursor = run.Trainer.Stream.Cursor;
        var loss = run.Trainer.Step().Loss;
        var grads = run.Trainer.Model.Parameters.Select(parameter => parameter.Grad.ToArray()).ToList();

        using var team = new ThreadTeam(1);
        using var whole = new TransformerGraph(run.Trainer.Model.Layout, run.Trainer.Options.Model, 8, 512, GraphPurpose.Training);
        whole.Ops.Allocate(team);
        whole.Head!.GradientScale = 1f / (8 * 512);
        var batch = new int[(8 * 512) + 1];
        run.Trainer.Stream.Cursor = cursor;
        run.Trainer.Stream.Next(batch);
        batch[..^1].CopyTo(whole.Ids, 0);
        batch[1..].CopyTo(whole.Targets, 0);
        run.Trainer.Model.Grads.Clear();
        whole.Ops.Forward();
        whole.Ops.Backward();
        (whole.Head.TotalNats / (8 * 512)).ShouldBe(loss, 1e-5);
        foreach (var (parameter, micro) in run.Trainer.Model.Parameters.Zip(grads))
            for (var i = 0; i < micro.Length; i++) parameter.Grad[i].ShouldBe(micro[i], 1e-5f, parameter.Name);
    }

    [Fact]
    public void A_shard_of_another_tokenizer_is_refused() =>
        Should.Throw<ArgumentException>(() => new TinyRun(options => options with { Vocab = 16 })).Message.ShouldContain("holds token 16, the vocabulary ends at 15");

    [Fact]
    public void No_step_follows_the_last_one()
    {
        using var run = new TinyRun(options => options with { Steps = 1 });
        run.Trainer.Step();
        Should.Throw<InvalidOperationException>(() => run.Trainer.Step()).Message.ShouldContain("All 1 steps");
    }
}
