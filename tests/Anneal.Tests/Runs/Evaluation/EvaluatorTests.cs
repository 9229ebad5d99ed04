using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;
using Anneal.Runs;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Recipes;
using Anneal.Tests.Worker;

namespace Anneal.Tests.Runs.Evaluation;

public sealed class EvaluatorTests : IDisposable
{
    private static readonly EvaluationSpec Spec = new() { Documents = 8, Window = 24, Stride = 16 };

    private readonly TinyLab lab = new();
    private readonly string checkpoint;

    public EvaluatorTests()
    {
        checkpoint = Path.Combine(lab.Root, "checkpoint");
        using var shard = Shard.Open(Path.Combine(lab.TrainDirectory, "train.bin"));
        using var trainer = new Trainer(RunLength.ToOptions(TinyLab.Recipe, 257, 12, 1), new TokenStream(shard, 1));
        for (var i = 0; i < 12; i++) trainer.Step();
        trainer.Save(checkpoint);
    }

    public void Dispose() => lab.Dispose();

    [Theory]
    [InlineData(24, 16)]
    [InlineData(24, 24)]
    [InlineData(32, 1)]
    [InlineData(7, 3)]
    [InlineData(500, 32)]
    public void It_agrees_with_a_scorer_that_predicts_one_token_at_a_time(int window, int stride)
    {
        var spec = Spec with { Documents = 3, Window = window, Stride = stride };
        using var evaluator = new Evaluator();

        var result = evaluator.Evaluate(checkpoint, lab.HeldDirectory, "val", spec);

        var (nats, tokens, bytes) = Naive(spec);
        result.Tokens.ShouldBe(tokens);
        result.Bytes.ShouldBe(bytes);
        result.Loss.ShouldBe(nats / tokens, 1e-5);
        result.Bpb.ShouldBe(nats / Math.Log(2) / bytes, 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void The_result_is_the_same_to_the_bit_whatever_the_batch(int batchTokens)
    {
        using var one = new Evaluator(threads: 1, batchTokens);
        using var other = new Evaluator(threads: 2, batchTokens: 256);

        var a = one.Evaluate(checkpoint, lab.HeldDirectory, "val", Spec);
        var b = other.Evaluate(checkpoint, lab.HeldDirectory, "val", Spec);

        a.Bpb.ShouldBe(b.Bpb);
        a.DocumentBpb.ShouldBe(b.DocumentBpb);
    }

    [Fact]
    public void Documents_and_domains_add_up_to_the_whole()
    {
        using var evaluator = new Evaluator();

        var result = evaluator.Evaluate(checkpoint, lab.HeldDirectory, "test", Spec);

        result.DocumentBpb.Count.ShouldBe(8);
        result.ByDomain.Keys.ShouldBe(["even", "odd"]);
        result.ByDomain.Values.Sum(d => d.Documents).ShouldBe(8);
        result.ByDomain.Values.Sum(d => d.Tokens).ShouldBe(result.Tokens);
        result.ByDomain.Values.Sum(d => d.Bytes).ShouldBe(result.Bytes);
        result.ByDomain.Values.Sum(d => d.Loss * d.Tokens).ShouldBe(result.Loss * result.Tokens, 1e-9);
        // Bytes alone as tokens: every token but the end-of-text of each document is one byte.
        result.Bytes.ShouldBe(result.Tokens - 8);
    }

    [Fact]
    public void A_split_with_fewer_documents_is_scored_whole()
    {
        using var evaluator = new Evaluator();

        evaluator.Evaluate(checkpoint, lab.HeldDirectory, "val", Spec with { Documents = 1000 }).DocumentBpb.Count.ShouldBe(12);
    }

    [Fact]
    public void What_cannot_be_measured_is_named()
    {
        using var evaluator = new Evaluator();
        string Message(string from, string held, string split, EvaluationSpec spec) =>
            Should.Throw<InputException>(() => evaluator.Evaluate(from, held, split, spec)).Message;

        Message(checkpoint, lab.HeldDirectory, "val", Spec with { Window = 64, Stride = 33 }).ShouldContain("context 32 is shorter than the evaluation's stride 33");
        Message(checkpoint, lab.HeldDirectory, "vall", Spec).ShouldContain("no such held split `vall`; did you mean `val`?");
        Message(checkpoint, lab.HeldDirectory, "val", Spec with { Stride = 25 }).ShouldContain("expected 1 to the window, 24");
        Message(checkpoint, lab.HeldDirectory, "val", Spec with { Documents = 0 }).ShouldContain("expected at least 1");
        Message(Path.Combine(lab.Root, "none"), lab.HeldDirectory, "val", Spec).ShouldContain("is no usable checkpoint");
        Message(checkpoint, Path.Combine(lab.Root, "none"), "val", Spec).ShouldContain("tokenizer.json");
        File.WriteAllText(Path.Combine(checkpoint, "model.safetensors"), "rubbish");
        Message(checkpoint, lab.HeldDirectory, "val", Spec).ShouldContain("is no usable checkpoint");
    }

    [Fact]
    public void Bits_per_byte_of_a_model_without_knowledge_are_counted_by_hand()
    {
        // All weights zero: every one of 257 ids has probability 1/257, so each token costs ln 257 nats.
        var blank = Path.Combine(lab.Root, "blank");
        using var shard = Shard.Open(Path.Combine(lab.TrainDirectory, "train.bin"));
        using (var trainer = new Trainer(RunLength.ToOptions(TinyLab.Recipe, 257, 1, 1), new TokenStream(shard, 1)))
        {
            foreach (var parameter in trainer.Model.Parameters) parameter.Value.Clear();
            trainer.Save(blank);
        }
        using var evaluator = new Evaluator();

        var result = evaluator.Evaluate(blank, lab.HeldDirectory, "val", Spec);

        result.Loss.ShouldBe(Math.Log(257), 1e-5);
        result.Bpb.ShouldBe(Math.Log2(257) * result.Tokens / result.Bytes, 1e-5);
        result.DocumentBpb[0].ShouldBe(Math.Log2(257) * (Document(0).Length) / (Document(0).Length - 1.0), 1e-5);
    }

    [Fact]
    public void A_model_without_a_finite_loss_has_no_result()
    {
        var broken = Path.Combine(lab.Root, "broken");
        using var shard = Shard.Open(Path.Combine(lab.TrainDirectory, "train.bin"));
        using (var trainer = new Trainer(RunLength.ToOptions(TinyLab.Recipe, 257, 1, 1), new TokenStream(shard, 1)))
        {
            trainer.Model.Parameters[0].Value.Fill(float.NaN);
            trainer.Save(broken);
        }
        using var evaluator = new Evaluator();

        Should.Throw<InputException>(() => evaluator.Evaluate(broken, lab.HeldDirectory, "val", Spec)).Message.ShouldContain("loss on `val` is NaN");
    }

    // Every token on its own: the inputs that its window would show, one call, one number.
    private (double Nats, long Tokens, long Bytes) Naive(EvaluationSpec spec)
    {
        using var model = Checkpoint.LoadModel(checkpoint);
        using var team = new ThreadTeam(1);
        using var sampler = new Sampler(model, team);
        double nats = 0;
        long tokens = 0, bytes = 0;
        for (var document = 0; document < spec.Documents; document++)
        {
            int[] text = [256, .. Document(document)];
            for (var target = 1; target < text.Length; target++)
            {
                // Scored in a window that ends with the stride's block and reaches back at most window (and context) inputs.
                var blockEnd = Math.Min(text.Length - 1, (target - 1) / spec.Stride * spec.Stride + spec.Stride);
                var from = Math.Max(0, blockEnd - Math.Min(spec.Window, model.Config.Context));
                var logits = sampler.Predict(text[from..target]);
                double max = double.NegativeInfinity, sum = 0;
                foreach (var logit in logits) max = Math.Max(max, logit);
                foreach (var logit in logits) sum += Math.Exp(logit - max);
                nats += max + Math.Log(sum) - logits[text[target]];
                tokens++;
                bytes += text[target] == 256 ? 0 : 1;
            }
        }
        return (nats, tokens, bytes);
    }

    private int[] Document(int index)
    {
        using var shard = Shard.Open(Path.Combine(lab.HeldDirectory, "val.bin"));
        var all = shard.Tokens.ToArray().Select(t => (int)t).ToArray();
        for (var skip = 0; skip < index; skip++) all = all[(Array.IndexOf(all, 256) + 1)..];
        return all[..(Array.IndexOf(all, 256) + 1)];
    }
}
