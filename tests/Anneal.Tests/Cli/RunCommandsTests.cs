using System.Text.Json;

namespace Anneal.Tests.Cli;

public class RunCommandsTests(RunCommandsTests.Runs runs) : IClassFixture<RunCommandsTests.Runs>
{
    /// <summary>Three runs of one recipe: two of one seed on different numbers of threads, one of another seed.</summary>
    public sealed class Runs : IDisposable
    {
        public Runs()
        {
            First = Text.Run("train", "recipe.yaml", "--out", "first", "--threads", "1", "--json");
            Again = Text.Run("train", "recipe.yaml", "--out", "again", "--threads", "2");
            Other = Text.Run("train", "recipe.yaml", "--out", "other", "--threads", "1", "--seed", "2", "--set", "optimizer.lr=0.001");
        }

        internal TinyText Text { get; } = new();

        internal CliResult First { get; }

        internal CliResult Again { get; }

        internal CliResult Other { get; }

        public void Dispose() => Text.Dispose();
    }

    [Fact]
    public void Train_prints_the_document_that_other_programs_rely_on()
    {
        runs.First.ExitCode.ShouldBe(0, runs.First.Error);
        var document = JsonDocument.Parse(runs.First.Out).RootElement;
        document.EnumerateObject().Select(property => property.Name).ShouldBe(["run", "dir", "seed", "steps", "tokens", "val", "tokens_per_second", "model_flops_per_second", "peak_flops_per_second", "checkpoint"]);
        document.GetProperty("run").GetString().ShouldBe("first");
        document.GetProperty("tokens").GetInt64().ShouldBe(128L * document.GetProperty("steps").GetInt32());
        document.GetProperty("val").GetProperty("bpb").GetDouble().ShouldBeInRange(0.5, 8);
        Directory.Exists(document.GetProperty("checkpoint").GetString()).ShouldBeTrue();
        runs.First.Error.ShouldNotContain('\u001b');
    }

    [Fact]
    public void A_run_repeats_bit_for_bit_on_any_number_of_threads()
    {
        runs.Again.ExitCode.ShouldBe(0, runs.Again.Error);
        var result = runs.Text.Run("compare", "first", "again", "--assert-equal", "--json");
        result.ExitCode.ShouldBe(0, result.Out);
        var document = JsonDocument.Parse(result.Out).RootElement;
        document.GetProperty("equal").GetBoolean().ShouldBeTrue();
        document.GetProperty("recipe").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void Another_recipe_is_named_by_its_keys_and_fails_an_assertion_of_equality()
    {
        runs.Other.ExitCode.ShouldBe(0, runs.Other.Error);
        var result = runs.Text.Run("compare", "first", "other", "--assert-equal", "--json");
        result.ExitCode.ShouldBe(1);
        var document = JsonDocument.Parse(result.Out).RootElement;
        document.GetProperty("recipe").EnumerateArray().Select(entry => entry.GetProperty("key").GetString()).ShouldBe(["optimizer.lr", "seed"]);
        document.GetProperty("first_unequal_step").GetInt32().ShouldBe(1);
        runs.Text.Run("compare", "first", "other").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Eval_measures_what_train_measured()
    {
        var result = runs.Text.Run("eval", "first", "--json");
        result.ExitCode.ShouldBe(0, result.Error);
        var trained = JsonDocument.Parse(runs.First.Out).RootElement.GetProperty("val").GetProperty("bpb").GetDouble();
        JsonDocument.Parse(result.Out).RootElement.GetProperty("bpb").GetDouble().ShouldBe(trained);
    }

    [Fact]
    public void Sample_continues_the_prompt_and_repeats_with_its_seed()
    {
        string Text(int seed) => runs.Text.Run("sample", "first", "--prompt", "abc", "--tokens", "20", "--seed", $"{seed}").Out;
        Text(1).ShouldStartWith("abc");
        Text(1).ShouldBe(Text(1));
        Text(2).ShouldNotBe(Text(1));
    }

    [Theory]
    [InlineData("train recipe.yaml --out x --set optimizer.lrr=1", "did you mean `optimizer.lr`?")]
    [InlineData("train none.yaml --out x", "none.yaml")]
    [InlineData("train recipe.yaml --out first --seed 9", "already holds a run with another order")]
    [InlineData("eval firs", "is no run")]
    [InlineData("eval", "name a run")]
    [InlineData("sample --checkpoint nowhere --prompt a", "is no saved state")]
    [InlineData("compare first nowhere", "is no run")]
    public void A_wrong_input_is_named_and_exits_with_2(string call, string says)
    {
        var result = runs.Text.Run(call.Split(' '));
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(says);
        result.Out.ShouldBeEmpty();
    }
}
