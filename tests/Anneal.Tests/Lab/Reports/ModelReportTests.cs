using System.Text.Json;
using Anneal.Lab.Code;
using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

/// <summary>Reports of a study in which a language model proposed.</summary>
public class ModelReportTests
{
    private const string Source = "public sealed class Waves : CustomSchedule { } // </pre><script>alert(1)</script> & \u001b[31m";

    private static readonly StudyRecord Study = WithModel();
    private static readonly string Html = HtmlReport.Render(Study), Markdown = MarkdownReport.Render(Study);
    private static readonly JsonElement Json = JsonDocument.Parse(JsonReport.Render(Study, "/lab", null)).RootElement;

    [Fact]
    public void It_says_who_proposed_by_source_and_what_each_is()
    {
        foreach (var page in (string[])[Html, Markdown])
        {
            page.ShouldContain("2 experiments: language model big-model");
            page.ShouldContain("1 experiment: handed in by MCP client claude-code");
            page.ShouldContain("8 experiments: built-in ideas and search; not a language model");
            page.ShouldContain("1 time another stood in for the model: the dollars are used up");
        }

        Json.GetProperty("researcher").GetString().ShouldBe("claude (big-model)");
        Json.GetProperty("sources").EnumerateArray().Select(row => row.GetProperty("source").GetString()).ShouldBe(["model", "inbox", "embedded"]);
        Json.GetProperty("sources")[0].GetProperty("coverage").GetProperty("95").GetDouble().ShouldBeInRange(0, 1);
    }

    [Theory]
    [InlineData("model:scripted", "no language model was asked")]
    [InlineData("replay:scripted", "no language model was ever asked")]
    [InlineData("replay:big-model", "replay of language model big-model")]
    [InlineData("search", "not a language model")]
    public void What_is_no_language_model_at_work_is_never_called_one(string source, string says)
    {
        var proposal = Study.Experiments[0].Proposal with { Source = source };
        SourceWords.Kind(SourceWords.Proposer(proposal)).ShouldContain(says);
    }

    [Fact]
    public void The_bill_stands_beside_the_compute()
    {
        foreach (var page in (string[])[Html, Markdown])
        {
            page.ShouldContain("9 calls to claude (big-model), 7 answered, 1 failed: $0.42 of $5.00");
            page.ShouldContain("1 call lost in flight");
            page.ShouldContain("2 recorded answers replied to a question that was not the recorded one");
            page.ShouldContain("75% from the cache");
        }

        Json.GetProperty("budget").GetProperty("usd").GetProperty("limit").GetDouble().ShouldBe(5);
        Json.GetProperty("budget").GetProperty("usd").GetProperty("spent").GetDouble().ShouldBe(0.42);
        Json.GetProperty("calls").GetProperty("cache_share").GetDouble().ShouldBe(0.75);
    }

    [Fact]
    public void Refusals_are_counted_by_rule_and_shown_with_their_evidence()
    {
        Html.ShouldContain("3 refusals, by rule: reads the future (2), no proposal (1)");
        Markdown.ShouldContain("3 refusals, by rule: reads the future (2), no proposal (1)");
        Html.ShouldContain("past logits moved when a later token changed");
        Json.GetProperty("refusals").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public void A_second_opinion_stands_beside_its_incident_and_says_that_it_changed_nothing()
    {
        Html.ShouldContain("optimizer (70%): the rate is too high");
        Html.ShouldContain("The policy had acted before they came");
        Markdown.ShouldContain("second opinion: optimizer (70%)");
        Json.GetProperty("incidents")[0].GetProperty("second_opinion").GetProperty("taken").GetString().ShouldBe("noted: the run had ended");
        Json.GetProperty("incidents")[1].GetProperty("second_opinion").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void Code_is_shown_escaped_with_its_hash()
    {
        var hash = CodeCompiler.HashOf(Source);
        Html.ShouldContain($"schedule in C#, 1 line, sha256 {hash[..12]}");
        Html.ShouldContain("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
        (Html + Markdown).ShouldNotContain('\u001b');
        Html.ShouldNotContain("<script");
        Markdown.ShouldContain($"sha256 {hash[..12]}");
        Markdown.ShouldContain("with a 60% chance of a confirmation");
        Html.ShouldContain("with a 60% chance of a confirmation");
        Json.GetProperty("experiments")[0].GetProperty("code").GetProperty("sha256").GetString().ShouldBe(hash);
    }

    [Fact]
    public void A_study_without_a_model_has_no_empty_sections()
    {
        var page = HtmlReport.Render(SampleStudy.Finished()) + MarkdownReport.Render(SampleStudy.Finished());
        foreach (var absent in (string[])["id=\"bill\"", "id=\"refusals\"", "## Refused", "second opinion", "stood in for"]) page.ShouldNotContain(absent);
    }

    private static StudyRecord WithModel()
    {
        var study = SampleStudy.Finished();
        return study with
        {
            Spec = study.Spec with { Researcher = "claude", Budget = study.Spec.Budget with { Usd = 5 } },
            Researcher = "claude (big-model)",
            Experiments =
            [
                .. study.Experiments.Select((experiment, i) => experiment with
                {
                    Proposal = i switch
                    {
                        0 => experiment.Proposal with { Source = "model:big-model", Code = new ProposedCode(CodeKind.Schedule, Source), ConfirmProbability = 0.6 },
                        1 => experiment.Proposal with { Source = "model:big-model" },
                        2 => experiment.Proposal with { Source = "mcp:claude-code" },
                        3 => experiment.Proposal with { AskedOf = "model", InsteadOf = "the dollars are used up" },
                        _ => experiment.Proposal,
                    },
                }),
            ],
            Calls = new CallSummary { Calls = 9, Answered = 7, Uncertain = 1, Drifted = 2, Input = 1000, CacheRead = 12_000, CacheWrite = 3000, Output = 2500, Usd = 0.42 },
            Diagnoses = [new(study.Incidents[0].Run, study.Incidents[0].Step, study.Incidents[0].Detector, "big-model", "optimizer", 0.7, "scale_lr 0.5", "the rate is too high", "noted: the run had ended")],
            Refusals =
            [
                new(5, "model:big-model", "reads_the_future", "past logits moved when a later token changed"),
                new(6, "model:big-model", "no_proposal", SampleStudy.Hostile),
                new(8, "model:big-model", "reads_the_future", "past logits moved when a later token changed"),
            ],
        };
    }
}
