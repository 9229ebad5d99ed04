using System.Text.RegularExpressions;
using System.Xml.Linq;
using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

public partial class HtmlReportTests
{
    private static readonly string Page = HtmlReport.Render(SampleStudy.Finished());

    [Fact]
    public void The_verdict_comes_first_with_its_effect_interval_and_pairs() =>
        Heading().Match(Page).Groups[1].Value.ShouldBe("The champion beats the baseline by 0.0949 bits per byte (4.0%) on the sealed test split (95% interval +0.0832 to +0.1065, 4 pairs of fresh seeds).");

    [Theory]
    [InlineData("sealed")]
    [InlineData("staircase")]
    [InlineData("pairs")]
    [InlineData("noise")]
    [InlineData("calibration")]
    [InlineData("curves")]
    public void Every_figure_has_a_picture_a_sentence_and_its_numbers(string id)
    {
        var figure = Regex.Match(Page, $"<figure id=\"{id}\">.*?</figure>", RegexOptions.Singleline).Value;
        figure.ShouldContain("role=\"img\"");
        figure.ShouldContain("<details>");
        var svg = XElement.Parse(Regex.Match(figure, "<svg.*</svg>", RegexOptions.Singleline).Value);
        var labels = svg.Attribute("aria-labelledby")!.Value.Split(' ');
        svg.Elements().Take(2).Select(element => element.Attribute("id")?.Value).ShouldBe(labels);
        svg.Elements().ElementAt(1).Value.ShouldEndWith(".");
    }

    [Fact]
    public void Foreign_text_never_becomes_markup()
    {
        Page.ShouldNotContain("<script");
        Page.ShouldContain("&lt;script&gt;");
        Page.ShouldNotContain('\u001b');
        Page.ShouldNotContain('\u202E');
    }

    [Fact]
    public void The_page_asks_nobody_for_anything_and_is_small()
    {
        Regex.Matches(Page, """(?:src|href|action|data)\s*=\s*"(?!#)|url\(|@import""").ShouldBeEmpty();
        Page.Length.ShouldBeLessThan(3_000_000);
    }

    [Fact]
    public void Nothing_is_drawn_outside_its_picture()
    {
        foreach (Match match in Regex.Matches(Page, "<svg.*?</svg>", RegexOptions.Singleline))
        {
            var svg = XElement.Parse(match.Value);
            var box = svg.Attribute("viewBox")!.Value.Split(' ').Select(double.Parse).ToList();
            foreach (var mark in svg.Descendants().Where(element => element.Attribute("cx") is not null || element.Attribute("x1") is not null || element.Attribute("x") is not null))
            {
                double At(string name) => double.Parse(mark.Attribute(name)!.Value);
                var (x, y) = mark.Attribute("cx") is not null ? (At("cx"), At("cy")) : mark.Attribute("x1") is not null ? (At("x2"), At("y2")) : (At("x"), At("y"));
                x.ShouldBeInRange(0, box[2], mark.ToString());
                y.ShouldBeInRange(0, box[3], mark.ToString());
            }
        }
    }

    [Fact]
    public void Every_experiment_is_in_the_table_failures_with_their_reason()
    {
        foreach (var experiment in SampleStudy.Finished().Experiments)
            Page.ShouldContain($"<tr id=\"experiment-{experiment.Id}\">");
        Page.ShouldContain("both attempts at the first rung stopped at step 1: non-finite loss");
        Page.ShouldContain("embedded search (not a language model)");
    }

    [Fact]
    public void The_same_record_gives_the_same_bytes() => HtmlReport.Render(SampleStudy.Finished()).ShouldBe(Page);

    [Fact]
    public void A_study_without_a_single_result_still_has_a_report()
    {
        var page = HtmlReport.Render(SampleStudy.Empty());
        page.ShouldContain("Interrupted: 0 experiments judged");
        page.ShouldContain("The sealed test split has not been opened");
    }

    [GeneratedRegex("<h1>(.*?)</h1>")]
    private static partial Regex Heading();
}
