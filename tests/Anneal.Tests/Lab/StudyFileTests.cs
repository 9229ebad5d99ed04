using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Runs;

namespace Anneal.Tests.Lab;

public sealed class StudyFileTests : IDisposable
{
    private readonly TemporaryFolder lab = new();

    public void Dispose() => lab.Dispose();

    private const string Recipe = "model: {layers: 1, width: 16, heads: 2, context: 32}\ndata: {batch_tokens: 64}\nbudget: {flops: 1e8}\n";

    private const string Sound =
        """
        study: tiny
        recipe: baseline.yaml
        corpus: text
        parallel: 2
        budget: {flops: 1e11, experiments: 3}
        evaluation: {documents: 4, window: 32, stride: 16}
        rungs: [0.25, 0.5]
        space:
          knobs:
            optimizer.lr: {type: float, min: 1e-4, max: 1e-1, scale: log}
            model.layers: {type: int, min: 1, max: 3}
            data.batch_tokens: {type: choice, values: [32, 64]}
          ideas: {bar: [muon]}

        """;

    private StudySpec Load(string study, string recipe = Recipe)
    {
        File.WriteAllText(lab.File("baseline.yaml"), recipe);
        File.WriteAllText(lab.File("study.yaml"), study);
        return StudyFile.Load(lab.File("study.yaml"));
    }

    private string ErrorOf(string study, string recipe = Recipe) => Should.Throw<InputException>(() => Load(study, recipe)).Message;

    [Fact]
    public void A_sound_file_is_read_with_its_paths_seen_from_the_file()
    {
        var spec = Load(Sound);
        spec.Study.ShouldBe("tiny");
        spec.Recipe.ShouldBe(lab.File("baseline.yaml"));
        spec.Corpus.ShouldBe(lab.File("text"));
        spec.Budget.Flops.ShouldBe(1e11);
        spec.Budget.Experiments.ShouldBe(3);
        spec.Rungs.ShouldBe([0.25, 0.5]);
        spec.Evaluation.Stride.ShouldBe(16);
        spec.Space.Knobs.Select(knob => (knob.Key, knob.Type, knob.Log)).ShouldBe(
            [("optimizer.lr", KnobType.Float, true), ("model.layers", KnobType.Int, false), ("data.batch_tokens", KnobType.Choice, false)]);
        spec.Space.Knobs[2].Values.ShouldBe(["32", "64"]);
        spec.Space.BarIdeas.ShouldBe(["muon"]);
        spec.Noise.ShouldBe(new NoiseSpec());
        spec.Acceptance.ShouldBe(new AcceptanceSpec());
    }

    [Theory]
    [InlineData("study: tiny", "studdy: tiny", "1:1", "`study`")]
    [InlineData("parallel: 2", "parallel: two", "4:11", "whole number")]
    [InlineData("stride: 16", "stride: 64", "6:", "at most the window, 32")]
    [InlineData("rungs: [0.25, 0.5]", "rungs: [0.5, 0.25]", "7:", "rising fractions")]
    [InlineData("rungs: [0.25, 0.5]", "rungs: [0.5, 1]", "7:", "below 1")]
    [InlineData("recipe: baseline.yaml", "recipe: basline.yaml", "2:9", "did you mean `baseline.yaml`?")]
    [InlineData("optimizer.lr:", "optimizer.lrr:", "10:", "lr")]
    [InlineData("max: 3}", "max: 1}", "11:", "min below the max")]
    [InlineData("max: 3}", "max: 1000}", "11:", "64")]
    [InlineData("min: 1e-4", "min: 0", "10:", "log scale")]
    [InlineData("values: [32, 64]", "values: [32]", "12:", "two or more")]
    [InlineData("flops: 1e11", "flops: -1", "5:", "above 0")]
    [InlineData("study: tiny", "study: ../tiny", "1:8", "names a folder")]
    public void A_mistake_is_shown_with_its_place_and_a_way_out(string before, string after, string place, string hint)
    {
        Sound.ShouldContain(before);
        var message = ErrorOf(Sound.Replace(before, after));
        message.ShouldContain($"study.yaml:{place}");
        message.ShouldContain(hint);
    }

    [Fact]
    public void A_budget_too_small_for_one_experiment_names_the_number_that_is_needed()
    {
        // 4 null pairs and 2 nudges: 10 runs; screening of two side by side: 3; 8 pairs: 16; seal: 8. In all 37 runs of 1e8.
        ErrorOf(Sound.Replace("flops: 1e11", "flops: 1e9")).ShouldContain("at least 3.7E+09");
        Load(Sound.Replace("flops: 1e11", "flops: 3.7e9")).Budget.Flops.ShouldBe(3.7e9);
    }

    [Fact]
    public void A_recipe_without_a_flop_budget_cannot_be_studied() =>
        ErrorOf(Sound, Recipe.Replace("flops: 1e8", "tokens: 10000")).ShouldContain("no `budget.flops`");

    [Fact]
    public void A_mistake_in_the_recipe_is_shown_where_it_stands() =>
        ErrorOf(Sound, Recipe.Replace("heads: 2", "heads: 3")).ShouldContain("baseline.yaml:1");

    [Fact]
    public void A_stride_beyond_the_recipes_context_is_refused() =>
        ErrorOf(Sound.Replace("stride: 16", "stride: 32"), Recipe.Replace("context: 32", "context: 16")).ShouldContain("the recipe's context, 16");

    [Fact]
    public void Several_mistakes_are_told_at_once()
    {
        var message = ErrorOf(Sound.Replace("parallel: 2", "parallel: two").Replace("stride: 16", "stride: 64"));
        message.ShouldContain("4:11");
        message.ShouldContain("at most the window");
    }
}
