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
}
