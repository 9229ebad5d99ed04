using System.Text.Json;

namespace Anneal.Tests.Cli;

public sealed class SittingOptionsTests : IDisposable
{
    private readonly TinyText text = new();

    public void Dispose() => text.Dispose();

    [Theory]
    [InlineData("--researcher clude --usd 1", "did you mean `claude`?")]
    [InlineData("--researcher claude", "sets no limit. Give one: --usd 5")]
    [InlineData("--usd nothing", "--usd")]
    [InlineData("--usd -3", "expected dollars above 0")]
    [InlineData("--replay none.jsonl", "anneal study transcript")]
    [InlineData("--resercher claude", "did you mean `--researcher`?")]
    public void A_wrong_choice_names_the_right_one_and_starts_nothing(string options, string says)
    {
        var result = text.Run(["study", "run", "study.yaml", .. options.Split(' ')]);
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(says);
        result.Out.ShouldBeEmpty();
        Directory.Exists(text.In(".anneal/studies")).ShouldBeFalse();
    }

    [Fact]
    public void A_wrong_choice_with_json_is_one_document_with_an_error()
    {
        var result = text.Run("study", "run", "study.yaml", "--researcher", "clude", "--json");
        result.ExitCode.ShouldBe(2);
        JsonDocument.Parse(result.Out).RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("input");
    }

    [Fact]
    public void A_researcher_in_the_file_that_is_none_is_named_with_its_line()
    {
        File.WriteAllText(text.In("wrong.yaml"), File.ReadAllText(text.In("study.yaml")) + "\nresearcher: clod\n");
        var result = text.Run("study", "run", "wrong.yaml");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("wrong.yaml:10:");
        result.Error.ShouldContain("claude");
    }

    [Fact]
    public void An_estimate_names_compute_and_dollars_and_spends_nothing()
    {
        var none = text.Run("study", "estimate", "study.yaml", "--json");
        none.ExitCode.ShouldBe(0, none.Error);
        JsonDocument.Parse(none.Out).RootElement.GetProperty("usd").GetProperty("likely").GetDouble().ShouldBe(0);

        var claude = text.Run("study", "estimate", "study.yaml", "--researcher", "claude", "--usd", "2", "--json");
        claude.ExitCode.ShouldBe(0, claude.Error);
        var usd = JsonDocument.Parse(claude.Out).RootElement.GetProperty("usd");
        usd.GetProperty("limit").GetDouble().ShouldBe(2);
        usd.GetProperty("low").GetDouble().ShouldBeInRange(0, usd.GetProperty("likely").GetDouble());
        usd.GetProperty("likely").GetDouble().ShouldBeInRange(1e-6, usd.GetProperty("high").GetDouble());
        text.Run("study", "estimate", "study.yaml", "--researcher", "claude", "--usd", "2").Out.ShouldContain("never more than $2.00");
        Directory.Exists(text.In(".anneal")).ShouldBeFalse();
    }

    [Fact]
    public void A_model_that_is_not_listed_is_named_with_the_nearest()
    {
        var result = text.Run("study", "estimate", "study.yaml", "--researcher", "claude", "--usd", "2", "--model", "claude-nothing-9");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("models.yaml");
    }
}
