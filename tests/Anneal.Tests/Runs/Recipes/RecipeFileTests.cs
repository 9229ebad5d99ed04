using Anneal.Data.Tokenizer;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Runs.Recipes;

public class RecipeFileTests
{
    [Fact]
    public void A_recipe_file_sets_what_it_names_and_leaves_the_defaults()
    {
        var recipe = RecipeFile.Parse("""
            model:
              layers: 2
              kv_heads: 1
              mlp: {kind: swiglu, ratio: 3}
              norm:
                place: peri
              qk_norm: true
            optimizer:
              kind: adamw
              betas: [0.8, 0.99]
              groups: {scalar: 0.5}
            data:
              mixture:
                System.Text: 2
                System.IO: 0.5
            budget: {flops: 1e12}
            seed: 7
            """, "base.yaml");

        recipe.Model.ShouldBe(new ModelConfig
        {
            Layers = 2,
            KvHeads = 1,
            Mlp = new() { Kind = MlpKind.Swiglu, Ratio = 3 },
            Norm = new() { Place = NormPlace.Peri },
            QkNorm = true,
        });
        recipe.Optimizer.ShouldBe(new OptimizerConfig { Betas = new(0.8, 0.99), Groups = new() { Scalar = 0.5 } });
        recipe.Data.Mixture.ShouldBe(new Dictionary<string, double> { ["System.Text"] = 2, ["System.IO"] = 0.5 });
        recipe.Budget.ShouldBe(new BudgetConfig { Flops = 1e12 });
        recipe.Tokenizer.ShouldBe(new TokenizerConfig());
        recipe.Seed.ShouldBe(7);
    }

    [Theory]
    [InlineData("model:\n  layrs: 3", 2, 3, "unknown key `model.layrs`; did you mean `layers`?")]
    [InlineData("layers: 3", 1, 1, "unknown key `layers`; did you mean `model.layers`?")]
    [InlineData("kind: muon", 1, 1, "unknown key `kind`; did you mean `model.mlp.kind` or `model.norm.kind` or `model.position.kind` or `optimizer.kind` or `schedule.kind` or `tokenizer.kind`?")]
    [InlineData("optimiser:\n  lr: 1", 1, 1, "unknown key `optimiser`; did you mean `optimizer`?")]
    [InlineData("model:\n  colour: red", 2, 3, "unknown key `model.colour`; expected one of layers, width, heads, kv_heads, context, mlp, norm, position, qk_norm, logit_softcap, tie_embeddings, bias, zero_init, init_std")]
    [InlineData("model: 3", 1, 8, "`model` is `3`: expected a mapping with the keys layers, width, heads, kv_heads, context, mlp, norm, position, qk_norm, logit_softcap, tie_embeddings, bias, zero_init, init_std")]
    [InlineData("model:\n  layers:\n    count: 3", 3, 5, "`model.layers` is a mapping: expected a whole number from 1 to 64")]
    [InlineData("model:\n  layers: 0", 2, 11, "`model.layers` is `0`: expected a whole number from 1 to 64")]
    [InlineData("model:\n  mlp: {kind: gellu}", 2, 15, "`model.mlp.kind` is `gellu`: expected one of gelu, relu2, swiglu; did you mean `gelu`?")]
    [InlineData("model:\n  qk_norm: yes", 2, 12, "`model.qk_norm` is `yes`: expected true or false; write `true`")]
    [InlineData("optimizer:\n  lr: fast", 2, 7, "`optimizer.lr` is `fast`: expected a number from 0 to 100")]
    [InlineData("optimizer:\n  lr: -1e-3", 2, 7, "`optimizer.lr` is `-1e-3`: expected a number from 0 to 100")]
    [InlineData("optimizer:\n  betas: 0.9", 2, 10, "`optimizer.betas` is `0.9`: expected a list of 2 numbers")]
    [InlineData("optimizer:\n  betas: [0.9]", 2, 10, "`optimizer.betas` is a list of 1: expected a list of 2 numbers")]
    [InlineData("optimizer:\n  betas: [0.9, 1]", 2, 16, "`optimizer.betas.1` is `1`: expected a number of at least 0 and below 1")]
    [InlineData("tokenizer:\n  vocab: 256", 2, 10, "`tokenizer.vocab` is `256`: expected a whole number from 257 to 65536")]
    [InlineData("data:\n  corpus:", 2, 10, "`data.corpus` is nothing: expected text on one line")]
    [InlineData("data:\n  mixture: [1, 2]", 2, 12, "`data.mixture` is a list of 2: expected a mapping of domains to weights")]
    [InlineData("data:\n  mixture:\n    System: -1", 3, 13, "`data.mixture.System` is `-1`: expected a number of at least 0")]
    [InlineData("budget:\n  flops: infinity", 2, 10, "`budget.flops` is `infinity`: expected a number above 0, or null")]
    [InlineData("seed: 1\nseed: 2", 2, 1, "duplicate key `seed`: already set in line 1; keep one")]
    [InlineData("seed: 99999999999999999999", 1, 7, "`seed` is `99999999999999999999`: expected a whole number")]
    public void A_wrong_line_is_named_with_its_place_and_the_nearest_valid_word(string yaml, int line, int column, string problem)
    {
        var error = Should.Throw<InputException>(() => RecipeFile.Parse(yaml, "base.yaml")).Errors.ShouldHaveSingleItem();

        error.ShouldBe(new InputError("base.yaml", line, column, problem));
    }

    [Fact]
    public void Overrides_and_changes_go_through_the_same_table()
    {
        var recipe = new Recipe().With(["model.kv_heads=2", "optimizer.betas.1=0.99", "optimizer.lr = 1e-3", "data.corpus=\"a b\"", "data.mixture.System.IO=3"]);

        recipe.Model.KvHeads.ShouldBe(2);
        recipe.Optimizer.Betas.ShouldBe(new Betas(0.9, 0.99));
        recipe.Optimizer.Lr.ShouldBe(1e-3);
        recipe.Data.Corpus.ShouldBe("a b");
        recipe.Data.Mixture["System.IO"].ShouldBe(3);
        recipe.With(new Dictionary<string, string> { ["data.mixture"] = "{}", ["optimizer.betas"] = "[0.5, 0.6]", ["budget.tokens"] = "1e6", ["budget.flops"] = "null" })
            .ToYaml().ShouldBe(recipe.With(["data.mixture={}", "optimizer.betas.0=0.5", "optimizer.betas.1=0.6", "budget.tokens=1000000"]).ToYaml());
    }

    [Theory]
    [InlineData("optimizer.lrr=1", "--set: unknown key `optimizer.lrr`; did you mean `optimizer.lr`?")]
    [InlineData("lr=1", "--set: unknown key `lr`; did you mean `optimizer.lr`?")]
    [InlineData("model.width=wide", "--set: `model.width` is `wide`: expected a whole number from 1 to 16384")]
    [InlineData("model=3", "--set: `model` is `3`: expected a mapping with the keys layers, width,")]
    [InlineData("model.width", "--set: `model.width` has no value: expected section.key=value")]
    [InlineData("zzz=1", "--set: unknown key `zzz`; expected one of model, optimizer, schedule, tokenizer, data, budget, eval, code, seed")]
    public void A_wrong_override_names_the_key_and_the_nearest_valid_one(string assignment, string message) =>
        Should.Throw<InputException>(() => new Recipe().With([assignment])).Message.ShouldStartWith(message);

    [Fact]
    public void A_change_reports_every_wrong_key()
    {
        var changes = new Dictionary<string, string> { ["model.layers"] = "-1", ["model.haeds"] = "2", ["seed"] = "3" };

        Should.Throw<InputException>(() => new Recipe().With(changes)).Errors.Count.ShouldBe(2);
    }

    [Fact]
    public void Loading_checks_the_rules_and_points_at_the_line_to_change()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("anneal-recipe-").FullName, "base.yaml");
        File.WriteAllText(path, "model:\n  heads: 3\nbudget:\n  tokens: 100000\n");

        var error = Should.Throw<InputException>(() => RecipeFile.Load(path)).Errors.ShouldHaveSingleItem();
        error.Problem.ShouldBe("`model.width`: 128 does not split into 3 heads of even width; the nearest width is 126");
        (error.Line, error.Column).ShouldBe((1, 1));
        RecipeFile.Load(path, ["model.width=126"]).Model.Width.ShouldBe(126);
        File.WriteAllText(path, "model:\n  width: 127\nbudget: {tokens: 100000}\n");
        Should.Throw<InputException>(() => RecipeFile.Load(path)).Line.ShouldBe(2);
        Directory.Delete(Path.GetDirectoryName(path)!, true);
    }
}
