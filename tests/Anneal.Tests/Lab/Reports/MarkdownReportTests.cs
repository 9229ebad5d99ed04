using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

public class MarkdownReportTests
{
    private static readonly string Page = MarkdownReport.Render(SampleStudy.Finished());

    [Fact]
    public void It_opens_with_the_name_and_the_verdict() =>
        Page.ShouldStartWith("# first-study\n\n**The champion beats the baseline by 0.0949 bits per byte (4.0%) on the sealed test split");

    [Fact]
    public void Foreign_text_is_text()
    {
        Page.ShouldNotContain("<script");
        Page.ShouldNotContain("[a](https");
        Page.ShouldNotContain('\u001b');
    }

    [Fact]
    public void Every_row_of_a_table_has_as_many_cells_as_its_heading()
    {
        var lines = Page.Split('\n');
        for (var i = 1; i < lines.Length; i++)
            if (lines[i].StartsWith("| ", StringComparison.Ordinal) && lines[i - 1].StartsWith('|'))
                Bars(lines[i]).ShouldBe(Bars(lines[i - 1]), lines[i]);

        static int Bars(string line) => line.Replace("\\|", "").Count(c => c == '|');
    }

    [Fact]
    public void Every_experiment_has_a_heading_and_a_verdict()
    {
        foreach (var experiment in SampleStudy.Finished().Experiments)
            Page.ShouldContain($"### {experiment.Id}. ");
        Page.ShouldContain("**invalid**: both attempts");
    }
}
