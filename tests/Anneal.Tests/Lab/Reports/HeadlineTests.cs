using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

public class HeadlineTests
{
    private static readonly StudyRecord Study = SampleStudy.Finished();

    [Theory]
    [InlineData(0.02, 0.06, "The champion beats the baseline by 0.0400 bits per byte")]
    [InlineData(-0.01, 0.09, "Inconclusive: on the sealed test split champion and baseline differ by +0.0400")]
    public void The_interval_decides_what_may_be_said(double low, double high, string starts) =>
        Headline.Of(Study with { Sealed = Study.Sealed! with { Effect = 0.04, Low = low, High = high } }).Verdict.ShouldStartWith(starts);

    [Fact]
    public void A_champion_that_lost_is_said_to_have_lost() =>
        Headline.Of(Study with { Sealed = Study.Sealed! with { Effect = -0.04, Low = -0.06, High = -0.02 } }).Verdict.ShouldStartWith("The champion is worse than the baseline by 0.0400");

    [Fact]
    public void Nothing_confirmed_is_a_headline() =>
        Headline.Of(SampleStudy.Empty() with { Status = "done" }).Verdict.ShouldStartWith("Nothing confirmed: ");

    [Theory]
    [InlineData("running", "Still running: 10 experiments judged, 3 confirmed so far")]
    [InlineData("interrupted", "Interrupted: 10 experiments judged")]
    [InlineData("failed", "Failed before the sealed comparison; nothing is claimed.")]
    public void An_unfinished_study_claims_nothing(string status, string starts) =>
        Headline.Of(Study with { Sealed = null, Status = status }).Verdict.ShouldStartWith(starts);

    [Fact]
    public void A_seal_that_was_opened_in_vain_is_said_to_be_spent() =>
        Headline.Of(Study with { Sealed = null }).Verdict.ShouldStartWith("No sealed result: 3 changes passed the acceptance gate, but a run of the sealed comparison failed");

    [Fact]
    public void The_cost_counts_every_verdict() =>
        Headline.Of(Study).Detail.ShouldStartWith("11 experiments: 3 confirmed, 4 rejected, 1 inconclusive, 1 suggestive, 1 invalid, 1 open. 86 runs, ");
}
