using System.Text.Json;

namespace Anneal.Tests.Cli;

public class ConventionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("doctor")]
    [InlineData("data prepare")]
    [InlineData("study")]
    [InlineData("study run")]
    [InlineData("study resume")]
    [InlineData("study report")]
    [InlineData("study list")]
    [InlineData("study estimate")]
    [InlineData("study transcript")]
    [InlineData("mcp")]
    [InlineData("train")]
    [InlineData("watch")]
    [InlineData("eval")]
    [InlineData("sample")]
    [InlineData("compare")]
    public void Help_shows_examples_before_usage_and_details(string command)
    {
        var help = CliProgram.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        help.ExitCode.ShouldBe(0);
        help.Error.ShouldBeEmpty();
        help.Out.IndexOf("Examples:", StringComparison.Ordinal).ShouldBeInRange(1, help.Out.IndexOf("Usage:", StringComparison.Ordinal));
        help.Out.Split('\n').ShouldAllBe(line => line.Length <= 100);
    }

    [Theory]
    [InlineData("docter", "did you mean `doctor`?")]
    [InlineData("data prepre", "did you mean `prepare`?")]
    [InlineData("data prepare x --ot y", "did you mean `--out`?")]
    [InlineData("doctor --jsn", "did you mean `--json`?")]
    [InlineData("data prepare x", "'--out' is required")]
    [InlineData("data", "needs a command: prepare")]
    public void A_wrong_call_names_the_nearest_word_runs_nothing_and_exits_with_2(string call, string says)
    {
        var result = CliProgram.Run(call.Split(' '));
        result.ExitCode.ShouldBe(2);
        result.Out.ShouldBeEmpty();
        result.Error.ShouldContain(says);
    }

    [Fact]
    public void Doctor_prints_one_document_without_any_secret()
    {
        var result = CliProgram.Run(["doctor", "--json"], new() { ["ANTHROPIC_API_KEY"] = "sk-very-secret" });
        using var document = JsonDocument.Parse(result.Out);
        var checks = document.RootElement.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("value").GetString()!);
        checks["ANTHROPIC_API_KEY"].ShouldStartWith("present");
        checks["cores"].ShouldBe($"{Environment.ProcessorCount}");
        checks["peak"].ShouldContain("GFLOP/s");
        (result.Out + result.Error).ShouldNotContain("secret");
        result.ExitCode.ShouldBe(document.RootElement.GetProperty("ok").GetBoolean() ? 0 : 1);
    }

    [Fact]
    public void Without_a_terminal_nothing_is_coloured_or_moved() =>
        CliProgram.Run("doctor").Out.ShouldNotContain('\u001b');
}
