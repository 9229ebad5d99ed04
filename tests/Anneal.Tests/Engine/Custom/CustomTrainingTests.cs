using Anneal.Engine.Custom;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Tests.Engine.Training;

namespace Anneal.Tests.Engine.Custom;

public class CustomTrainingTests
{
    private static CustomParts Parts() => new()
    {
        Block = new Proposals.Block((b, x) => b.Add(Proposals.PreNorm(b, x), b.Scale("gain", b.Recur(b.Sigmoid(b.Shift(x)), b.Convolution("conv", x, 3)), initial: 0))),
        Optimizer = new Proposals.Muonish(),
        Schedule = new Proposals.Cosine(),
        Loss = new Proposals.Smoothed(0.1f),
    };

    [Fact]
    public void A_cosine_schedule_of_a_proposal_gives_the_built_in_rates()
    {
        using var built = new TinyRun(options => options with { Schedule = new() { Warmup = 0.1, Floor = 0.2 } });
        using var custom = new TinyRun(parts: new() { Schedule = new Proposals.Cosine() });
        for (var step = 0; step < 40; step++)
        {
            var (expected, actual) = (built.Trainer.Step(), custom.Trainer.Step());
            actual.LearningRate.ShouldBe(expected.LearningRate, 1e-15);
            actual.Loss.ShouldBe(expected.Loss);
        }
    }

    [Fact]
    public void A_resumed_run_with_code_goes_on_with_the_same_bits()
    {
        using var straight = new TinyRun(parts: Parts());
        using var resumed = new TinyRun(parts: Parts());
        var checkpoint = Path.Combine(straight.Folder, "checkpoint");
        for (var step = 0; step < 7; step++) straight.Trainer.Step();
        straight.Trainer.Save(checkpoint);
        resumed.Trainer.Restore(checkpoint);
        for (var step = 7; step < 20; step++) resumed.Trainer.Step().Loss.ShouldBe(straight.Trainer.Step().Loss);
        foreach (var (a, b) in straight.Trainer.Model.Parameters.Zip(resumed.Trainer.Model.Parameters)) a.Value.SequenceEqual(b.Value).ShouldBeTrue(a.Name);
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        using var one = new TinyRun(parts: Parts());
        using var three = new TinyRun(options => options with { Threads = 3 }, parts: Parts());
        for (var step = 0; step < 10; step++) three.Trainer.Step().Loss.ShouldBe(one.Trainer.Step().Loss);
    }

    [Fact]
    public void A_checkpoint_of_other_code_is_refused()
    {
        using var run = new TinyRun(parts: Parts());
        var checkpoint = Path.Combine(run.Folder, "checkpoint");
        run.Trainer.Step();
        run.Trainer.Save(checkpoint);
        using var plain = new TinyRun();
        Should.Throw<InvalidDataException>(() => plain.Trainer.Restore(checkpoint)).Message.ShouldContain("code");
        using var other = new TinyRun(parts: Parts() with { Loss = null });
        Should.Throw<InvalidDataException>(() => other.Trainer.Restore(checkpoint)).Message.ShouldContain("code.loss: there 1055");
        Should.Throw<InvalidDataException>(() => Checkpoint.LoadModel(checkpoint)).Message.ShouldContain("only that can run it");
    }

    [Fact]
    public void Code_and_its_hash_come_together()
    {
        Should.Throw<ArgumentException>(() => new TinyRun(options => options with { Code = new() { Loss = "1055" } })).Message.ShouldContain("which was not given");
        using var run = new TinyRun();
        Should.Throw<ArgumentException>(() => new Trainer(run.Trainer.Options, run.Trainer.Stream, new() { Loss = new Proposals.Smoothed(0) })).Message.ShouldContain("has no hash");
    }

    [Fact]
    public void Statistics_of_blocks_are_told_where_a_block_has_them()
    {
        using var run = new TinyRun(parts: new() { Block = new Proposals.Block((b, x) => b.Add(x, b.Linear("a", b.Tanh(b.Linear("b", x, 5)), b.Model.Width))) });
        run.Trainer.Step();
        var block = run.Trainer.BlockStats().Single(statistics => statistics.Block == "block.1");
        block.ActRms.ShouldBeGreaterThan(0);
        double.IsNaN(block.MaxAttentionLogit).ShouldBeTrue();
        run.Trainer.Step();
    }

    [Fact]
    public void A_steady_step_of_a_block_of_ours_allocates_nothing()
    {
        using var run = new TinyRun(parts: new() { Block = Parts().Block, Optimizer = new Proposals.Muonish() });
        for (var step = 0; step < 5; step++) run.Trainer.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 5; step++) run.Trainer.Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2000);
    }

    [Fact]
    public void Logits_of_a_checkpoint_with_a_block_are_those_that_the_sampler_sees()
    {
        var parts = new CustomParts { Block = Parts().Block };
        using var run = new TinyRun(options => options with { Model = options.Model with { LogitSoftcap = 3 } }, parts: parts);
        for (var step = 0; step < 5; step++) run.Trainer.Step();
        var checkpoint = Path.Combine(run.Folder, "checkpoint");
        run.Trainer.Save(checkpoint);

        using var model = Checkpoint.LoadModel(checkpoint, parts.Block);
        using var logits = new LogitsModel(model);
        int[] tokens = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        var both = new float[tokens.Length * logits.Vocab];
        logits.Forward(tokens, 2, 5, both);
        using var team = new ThreadTeam(1);
        using var sampler = new Sampler(run.Trainer.Model, team);
        foreach (var (row, length) in new[] { (0, 1), (0, 5), (1, 3) })
        {
            var expected = sampler.Predict(tokens[(5 * row)..(5 * row + length)]);
            var actual = both.AsSpan((5 * row + length - 1) * logits.Vocab, logits.Vocab);
            for (var i = 0; i < expected.Length; i++) actual[i].ShouldBe(expected[i], 1e-5f);
        }

        var one = new float[5 * logits.Vocab];
        logits.Forward(tokens.AsSpan(5), 1, 5, one);
        one.ShouldBe(both[(5 * logits.Vocab)..]);
    }
}
