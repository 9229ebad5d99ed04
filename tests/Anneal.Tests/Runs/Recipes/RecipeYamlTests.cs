using Anneal.Data.Tokenizer;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Engine.Training;
using Anneal.Runs;
using Anneal.Runs.Recipes;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Runs.Recipes;

public class RecipeYamlTests
{
    [Fact]
    public void Canonical_yaml_prints_every_default() =>
        new Recipe().ToYaml().ShouldBe("""
            model:
              layers: 4
              width: 128
              heads: 4
              kv_heads: 0
              context: 256
              mlp:
                kind: gelu
                ratio: 4
              norm:
                kind: layer
                place: pre
              position:
                kind: learned
                theta: 10000
              qk_norm: false
              logit_softcap: 0
              tie_embeddings: true
              bias: true
              zero_init: false
              init_std: 0.02
            optimizer:
              kind: adamw
              lr: 0.003
              adam_lr: 0.005
              betas: [0.9, 0.95]
              eps: 1e-08
              momentum: 0.95
              weight_decay: 0.1
              clip: 1
              groups:
                embedding: 1
                head: 1
                scalar: 1
            schedule:
              kind: cosine
              warmup: 0.02
              decay: 0.4
              floor: 0.1
            tokenizer:
              kind: bpe
              vocab: 1024
              digits: 3
            data:
              corpus: dotnet-docs
              batch_tokens: 4096
              mixture: {}
              order_seed: null
            budget:
              tokens: null
              flops: null
              seconds: null
            eval:
              every: 0
            seed: 1

            """.ReplaceLineEndings("\n"));

    [Fact]
    public void Parsing_canonical_yaml_gives_the_same_recipe_back() =>
        Prop.ForAll<int>(seed =>
        {
            var recipe = AnyRecipe(new Random(seed));
            var back = RecipeFile.Parse(recipe.ToYaml(), "canonical");
            back.Model.ShouldBe(recipe.Model);
            back.Optimizer.ShouldBe(recipe.Optimizer);
            back.Schedule.ShouldBe(recipe.Schedule);
            back.Tokenizer.ShouldBe(recipe.Tokenizer);
            back.Budget.ShouldBe(recipe.Budget);
            back.Eval.ShouldBe(recipe.Eval);
            back.Seed.ShouldBe(recipe.Seed);
            back.Data.Mixture.ShouldBe(recipe.Data.Mixture, ignoreOrder: true);
            (back.Data with { Mixture = recipe.Data.Mixture }).ShouldBe(recipe.Data);
            back.ToYaml().ShouldBe(recipe.ToYaml());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(1, 1));

    [Fact]
    public void Every_key_can_be_set_to_the_value_it_prints() =>
        Prop.ForAll<int>(seed =>
        {
            var recipe = AnyRecipe(new Random(seed)) with { Data = new DataConfig() };
            var changes = RecipeKeys.All.Where(k => !k.Name.StartsWith("data.", StringComparison.Ordinal)).ToDictionary(k => k.Name, k => k.Get(recipe));
            new Recipe().With(changes).ToYaml().ShouldBe(recipe.ToYaml());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(1, 1));

    [Fact]
    public void Code_is_written_and_hashed_where_there_is_some_and_leaves_other_recipes_as_they_were()
    {
        var hash = new string('a', 64);
        var recipe = new Recipe().With([$"code.block={hash}"]);

        recipe.ToYaml().ShouldContain($"code:\n  block: {hash}\n  optimizer: none\n  schedule: none\n  loss: none\nseed: 1\n");
        RecipeFile.Parse(recipe.ToYaml(), "canonical").Code.ShouldBe(recipe.Code);
        recipe.Identity().ShouldNotBe(new Recipe().Identity());
        recipe.With(["code.block=none"]).Identity().ShouldBe(new Recipe().Identity());
        // As the first release hashed it: ledgers from then still match.
        new Recipe().Identity().ShouldBe("84822e036ee547064c36ada9a6986bb4e485d658db5e0e732982daa4a801a7cb");
        Should.Throw<InputException>(() => new Recipe().With(["code.loss=../x"])).Message.ShouldContain("a SHA-256");
    }

    [Fact]
    public void Identity_is_blind_to_seeds_and_to_settings_that_are_never_read()
    {
        var recipe = new Recipe { Budget = new() { Flops = 1e12 } };
        var identity = recipe.Identity();

        identity.Length.ShouldBe(64);
        (recipe with { Seed = 9, Data = new() { OrderSeed = 5 } }).Identity().ShouldBe(identity);
        recipe.With(["model.kv_heads=4"]).Identity().ShouldBe(identity);
        recipe.With(["model.position.theta=500"]).Identity().ShouldBe(identity);
        recipe.With(["optimizer.momentum=0.8", "optimizer.adam_lr=1"]).Identity().ShouldBe(identity);
        recipe.With(["schedule.decay=0.1"]).Identity().ShouldBe(identity);
    }

    [Theory]
    [InlineData("optimizer.lr=0.0030000000000000001", true)]
    [InlineData("optimizer.lr=0.003001", false)]
    [InlineData("model.kv_heads=2", false)]
    [InlineData("budget.flops=2e12", false)]
    [InlineData("data.mixture.System=1", false)]
    public void Identity_changes_with_everything_that_the_run_reads(string change, bool same)
    {
        var recipe = new Recipe { Budget = new() { Flops = 1e12 } };

        (recipe.With([change]).Identity() == recipe.Identity()).ShouldBe(same);
    }

    private static Recipe AnyRecipe(Random random)
    {
        T Any<T>() where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];
        double Real(double max) => random.Next(4) == 0 ? 0 : random.Next(2) == 0 ? Math.Round(random.NextDouble() * max, 3) : Math.Pow(10, -20 * random.NextDouble()) * max;
        double Above(double max) => Math.Max(double.Epsilon, Real(max));
        string[] texts = ["dotnet-docs", "/data/a b", "C:\\text", "it's \"quoted\"", "null", "true", "123", "ümläut/漢字/😀", "# no comment", "a: b", "- x", "~", "{}", " padded "];
        var flops = random.Next(3);
        return new Recipe
        {
            Seed = random.NextInt64(long.MinValue, long.MaxValue),
            Model = new()
            {
                Layers = random.Next(1, 65),
                Width = random.Next(1, 16385),
                Heads = random.Next(1, 257),
                KvHeads = random.Next(0, 257),
                Context = random.Next(1, 65537),
                Mlp = new() { Kind = Any<MlpKind>(), Ratio = Above(64) },
                Norm = new() { Kind = Any<NormKind>(), Place = Any<NormPlace>() },
                Position = new() { Kind = Any<PositionKind>(), Theta = 1 + Real(1e6) },
                QkNorm = random.Next(2) == 0,
                LogitSoftcap = Real(1000),
                TieEmbeddings = random.Next(2) == 0,
                Bias = random.Next(2) == 0,
                ZeroInit = random.Next(2) == 0,
                InitStd = Above(10),
            },
            Optimizer = new()
            {
                Kind = Any<OptimizerKind>(),
                Lr = Real(100),
                AdamLr = Real(100),
                Betas = new(random.NextDouble(), random.NextDouble()),
                Eps = Above(1),
                Momentum = random.NextDouble(),
                WeightDecay = Real(100),
                Clip = Real(1e9),
                Groups = new() { Embedding = Real(1000), Head = Real(1000), Scalar = Real(1000) },
            },
            Schedule = new() { Kind = Any<ScheduleKind>(), Warmup = Real(1), Decay = Real(1), Floor = Real(1) },
            Tokenizer = new() { Kind = Any<TokenizerKind>(), Vocab = random.Next(257, 65537), Digits = random.Next(1, 4) },
            Data = new()
            {
                Corpus = texts[random.Next(texts.Length)],
                BatchTokens = random.Next(1, 1 << 24),
                OrderSeed = random.Next(2) == 0 ? null : random.NextInt64(),
                Mixture = texts.Where(_ => random.Next(3) == 0).ToDictionary(t => t, _ => Real(1e3)),
            },
            Budget = new()
            {
                Tokens = flops == 0 ? random.NextInt64(1, long.MaxValue) : null,
                Flops = flops == 1 ? Above(1e18) : null,
                Seconds = flops == 2 ? Above(1e6) : null,
            },
            Eval = new() { Every = random.Next(0, 1000) },
        };
    }
}
