using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Tests.Engine.Training;

namespace Anneal.Tests.Engine.Models;

public class TransformerTests
{
    public static TheoryData<NormPlace, NormKind, MlpKind, PositionKind, bool> Combinations
    {
        get
        {
            var data = new TheoryData<NormPlace, NormKind, MlpKind, PositionKind, bool>();
            var number = 0;
            foreach (var place in Enum.GetValues<NormPlace>())
                foreach (var norm in Enum.GetValues<NormKind>())
                    foreach (var mlp in Enum.GetValues<MlpKind>())
                        data.Add(place, norm, mlp, (PositionKind)(number++ % 2), number / 2 % 2 == 0);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void The_gradient_of_every_parameter_is_the_slope_of_the_loss(NormPlace place, NormKind norm, MlpKind mlp, PositionKind position, bool tie)
    {
        using var run = new TinyRun(options => options with
        {
            Model = options.Model with
            {
                Norm = new() { Kind = norm, Place = place },
                Mlp = new() { Kind = mlp, Ratio = 2 },
                Position = new() { Kind = position },
                TieEmbeddings = tie,
                Bias = tie,
                KvHeads = tie ? 0 : 1,
                QkNorm = position == PositionKind.Rope,
                LogitSoftcap = mlp == MlpKind.Relu2 ? 4 : 0,
                InitStd = 0.2,
            },
            Optimizer = options.Optimizer with { Lr = 0, WeightDecay = 0 },
            Steps = 1000,
        });
        var cursor = run.Trainer.Stream.Cursor;
        run.Trainer.Step();
        foreach (var parameter in run.Trainer.Model.Parameters)
        {
            var direction = parameter.Grad.ToArray();
            var norm2 = Math.Sqrt(direction.Sum(g => (double)g * g));
            var step = Math.Max(2e-3, 1e-3 / norm2);
            if (norm2 < 1e-3) continue; // key biases: no slope at all
            var saved = parameter.Value.ToArray();
            double Loss(double sign)
            {
                for (var i = 0; i < saved.Length; i++) parameter.Value[i] = (float)(saved[i] + (sign * step * direction[i] / norm2));
                run.Trainer.Stream.Cursor = cursor;
                return run.Trainer.Step().Loss;
            }

            var slope = (Loss(1) - Loss(-1)) / (2 * step);
            saved.CopyTo(parameter.Value);
            slope.ShouldBe(norm2, (0.03 * norm2) + 1e-4, parameter.Name);
        }
    }

    [Fact]
    public void Models_that_differ_in_a_part_share_the_draws_of_all_others()
    {
        var small = new ModelConfig { Layers = 1, Width = 16, Heads = 2, Context = 8 };
        using var a = new Transformer(small, 11, 4);
        using var b = new Transformer(small with { Layers = 2, KvHeads = 1, Mlp = new() { Ratio = 6 }, TieEmbeddings = false }, 13, 4);
        using var c = new Transformer(small, 11, 5);
        float[] Rows(Transformer model, string name, int rows) => model.Parameters.Single(p => p.Name == name).Value[..(rows * 16)].ToArray();

        Rows(a, "model.embed_tokens.weight", 11).ShouldBe(Rows(b, "model.embed_tokens.weight", 11));
        Rows(a, "model.layers.0.self_attn.q_proj.weight", 16).ShouldBe(Rows(b, "model.layers.0.self_attn.q_proj.weight", 16));
        Rows(a, "model.layers.0.self_attn.v_proj.weight", 8).ShouldBe(Rows(b, "model.layers.0.self_attn.v_proj.weight", 8));
        Rows(a, "model.layers.0.mlp.up_proj.weight", 64).ShouldBe(Rows(b, "model.layers.0.mlp.up_proj.weight", 64));
        Rows(a, "model.embed_tokens.weight", 11).ShouldNotBe(Rows(c, "model.embed_tokens.weight", 11));
    }

    [Fact]
    public void Weights_start_as_the_configuration_says()
    {
        using var model = new Transformer(new ModelConfig { Layers = 2, Width = 64, Heads = 2, Context = 8, ZeroInit = true, InitStd = 0.05 }, 300, 1);
        var embedding = model.Parameters.Single(p => p.Name == "model.embed_tokens.weight").Value.ToArray();
        embedding.Average().ShouldBe(0f, 0.002f);
        Math.Sqrt(embedding.Average(w => w * w)).ShouldBe(0.05, 0.001);
        foreach (var parameter in model.Parameters)
        {
            if (parameter.Name.EndsWith("o_proj.weight") || parameter.Name.EndsWith("down_proj.weight")) parameter.Value.ContainsAnyExcept(0f).ShouldBeFalse(parameter.Name);
            if (parameter.Name.EndsWith("layernorm.weight")) parameter.Value.ContainsAnyExcept(1f).ShouldBeFalse(parameter.Name);
        }
    }

    [Fact]
    public void A_scorer_agrees_with_the_trainer_and_leaves_out_what_has_no_target()
    {
        using var run = new TinyRun();
        var batch = new int[65];
        run.Trainer.Stream.Next(batch);
        run.Trainer.Stream.Cursor = Anneal.Engine.Shards.TokenCursor.Start;
        using var team = new ThreadTeam(1);
        using var scorer = new Scorer(run.Trainer.Model, 4, 16, team);
        var nats = new float[64];
        scorer.Score(batch.AsSpan(0, 64), batch.AsSpan(1), nats);
        var loss = run.Trainer.Step().Loss;
        nats.Average(n => (double)n).ShouldBe(loss, 1e-9);

        using var short_ = new Scorer(run.Trainer.Model, 2, 5, team);
        var few = new float[10];
        short_.Score(batch.AsSpan(0, 10), [-1, 1, -1, -1, 2, -1, -1, -1, -1, 3], few);
        few.Count(n => n != 0).ShouldBe(3);
        Should.Throw<ArgumentException>(() => short_.Score(new int[10], Enumerable.Repeat(99, 10).ToArray(), few)).Message.ShouldContain("Token 0 is 99");
    }

    [Fact]
    public void A_sampler_repeats_itself_and_learns_to_count()
    {
        using var run = new TinyRun(options => options with { Steps = 150 });
        while (run.Trainer.StepCount < 150) run.Trainer.Step();
        using var team = new ThreadTeam(1);
        using var sampler = new Sampler(run.Trainer.Model, team);
        sampler.Sample([16, 3, 4], new() { Tokens = 2, Temperature = 0 }).ShouldBe([5, 6]);

        var options = new SamplerOptions { Tokens = 40, Temperature = 1.5, TopK = 5, Seed = 9 };
        var first = sampler.Sample([16], options);
        first.Length.ShouldBe(40);
        sampler.Sample([16], options).ShouldBe(first);
        sampler.Sample([16], options with { Seed = 10 }).ShouldNotBe(first);
        sampler.Sample([16], options with { StopToken = first[7] }).ShouldBe(first[..Array.IndexOf(first, first[7])]);
        Should.Throw<ArgumentException>(() => sampler.Sample([], options));
    }

    [Fact]
    public void Impossible_shapes_are_named_with_the_nearest_possible_one()
    {
        ModelRules.Check(new ModelConfig(), 1024).ShouldBeEmpty();
        ModelRules.Check(new ModelConfig { Width = 100, Heads = 3 }, 1024).Single().ShouldBe(
            new("width", "100 does not split into 3 heads of even width; the nearest width is 102."));
        ModelRules.Check(new ModelConfig { KvHeads = 3 }, 1024).Single().Key.ShouldBe("kv_heads");
        ModelRules.Check(new ModelConfig { Layers = 0, InitStd = double.NaN }, 1).Select(error => error.Key).ShouldBe(["layers", "vocab", "init_std"]);
        Should.Throw<ArgumentException>(() => new Transformer(new ModelConfig { KvHeads = 3 }, 1024, 1)).Message.ShouldStartWith("model.kv_heads: 3 does not divide heads = 4");
    }
}
