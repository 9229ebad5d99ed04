using System.Text.Json;

namespace Anneal.Tests.Cli;

public class StudyCommandsTests(StudyCommandsTests.Sitting sitting) : IClassFixture<StudyCommandsTests.Sitting>
{
    /// <summary>A small study, run once through the program.</summary>
    public sealed class Sitting : IDisposable
    {
        public Sitting() => Result = Text.Run("study", "run", "study.yaml", "--json");

        internal TinyText Text { get; } = new();

        internal CliResult Result { get; }

        public void Dispose() => Text.Dispose();
    }

    [Fact]
    public void A_study_ends_with_one_document_of_the_agreed_shape()
    {
        sitting.Result.ExitCode.ShouldBe(0, sitting.Result.Error);
        var document = JsonDocument.Parse(sitting.Result.Out).RootElement;
        document.GetProperty("study").GetString().ShouldBe("tiny");
        document.GetProperty("researcher").GetString().ShouldBe("embedded");
        document.GetProperty("experiments").GetArrayLength().ShouldBeInRange(1, 2);
        foreach (var experiment in document.GetProperty("experiments").EnumerateArray())
        {
            experiment.GetProperty("status").GetString().ShouldBeOneOf("done", "failed");
            experiment.GetProperty("verdict").GetString().ShouldBeOneOf("rejected", "inconclusive", "suggestive", "confirmed", "invalid");
        }

        document.GetProperty("budget").GetProperty("flops").GetProperty("spent").GetDouble().ShouldBeGreaterThan(4e8);
        File.ReadAllText(document.GetProperty("report").GetString()!).ShouldStartWith("<!DOCTYPE html>");
    }

    [Fact]
    public void Without_a_terminal_progress_is_plain_lines_on_standard_error()
    {
        sitting.Result.Error.ShouldContain("experiment 1 proposed: ");
        sitting.Result.Error.ShouldContain("Measuring the baseline and its noise");
        sitting.Result.Error.ShouldNotContain('\u001b');
        sitting.Result.Error.ShouldNotContain('\r');
    }

    [Fact]
    public void A_finished_study_is_not_run_again()
    {
        var again = sitting.Text.Run("study", "resume", "tiny", "--json");
        again.ExitCode.ShouldBe(0, again.Error);
        var (first, second) = (JsonDocument.Parse(sitting.Result.Out).RootElement, JsonDocument.Parse(again.Out).RootElement);
        second.GetProperty("experiments").GetRawText().ShouldBe(first.GetProperty("experiments").GetRawText());
        second.GetProperty("budget").GetProperty("flops").GetRawText().ShouldBe(first.GetProperty("budget").GetProperty("flops").GetRawText());
    }

    [Fact]
    public void The_report_is_rebuilt_from_the_ledger()
    {
        var result = sitting.Text.Run("study", "report", "study.yaml", "--out", "pages");
        result.ExitCode.ShouldBe(0, result.Error);
        foreach (var file in (string[])["report.html", "report.md", "report.json"])
            File.Exists(sitting.Text.In($"pages/{file}")).ShouldBeTrue(file);
        result.Out.ShouldContain("Report: ");
    }

    [Fact]
    public void The_list_names_it_and_its_status()
    {
        var study = JsonDocument.Parse(sitting.Text.Run("study", "list", "--json").Out).RootElement.GetProperty("studies")[0];
        study.GetProperty("study").GetString().ShouldBe("tiny");
        study.GetProperty("status").GetString().ShouldBe("done");
    }

    [Theory]
    [InlineData("study report tin", "did you mean `tiny`?")]
    [InlineData("study resume tiny --lab nowhere", "is no lab")]
    [InlineData("study run none.yaml", "none.yaml")]
    public void A_wrong_name_exits_with_2_and_makes_nothing(string call, string says)
    {
        var result = sitting.Text.Run(call.Split(' '));
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(says);
        Directory.Exists(sitting.Text.In("nowhere")).ShouldBeFalse();
    }
}
