using Anneal.Lab;
using Anneal.Runs;

namespace Anneal.Tests.Lab;

public class ResearcherChoiceTests
{
    private static readonly StudySpec Asked = new() { Study = "s", Recipe = "r.yaml", Researcher = ResearcherChoice.Auto };

    [Fact]
    public void Auto_without_a_dollar_budget_is_the_built_in_researcher_whatever_keys_there_are() =>
        ResearcherChoice.Settle(Asked, new SittingOptions(), null).Researcher.ShouldBe(ResearcherChoice.Embedded);

    [Theory]
    [InlineData("ANTHROPIC_API_KEY", "claude")]
    [InlineData("OPENAI_BASE_URL", "openai")]
    public void A_key_that_nobody_limited_is_left_alone_and_said_to_be(string variable, string model)
    {
        ResearcherChoice.Unused(Asked, new SittingOptions(), null, name => name == variable).ShouldNotBeNull().ShouldContain($"key for {model}");
        ResearcherChoice.Unused(Asked, new SittingOptions(), null, _ => false).ShouldBeNull();
        ResearcherChoice.Unused(Asked, new SittingOptions { Usd = 5 }, null, _ => true).ShouldBeNull();
        ResearcherChoice.Unused(Asked with { Researcher = ResearcherChoice.Embedded }, new SittingOptions(), null, _ => true).ShouldBeNull();
        ResearcherChoice.Unused(Asked, new SittingOptions(), ResearcherChoice.Embedded, _ => true).ShouldBeNull();
    }

    [Fact]
    public void Auto_goes_on_with_the_researcher_that_the_study_was_started_with() =>
        ResearcherChoice.Settle(Asked, new SittingOptions { Usd = 1 }, "claude").Researcher.ShouldBe("claude");

    [Fact]
    public void The_sitting_overrides_the_file()
    {
        var spec = ResearcherChoice.Settle(Asked with { Budget = new StudyBudget { Usd = 1 } }, new SittingOptions { Researcher = "openai", Usd = 3 }, null);
        spec.Researcher.ShouldBe("openai");
        spec.Budget.Usd.ShouldBe(3);
    }

    [Fact]
    public void A_paid_researcher_without_a_budget_is_refused_unless_it_is_replayed()
    {
        var claude = Asked with { Researcher = "claude" };
        Should.Throw<InputException>(() => ResearcherChoice.Settle(claude, new SittingOptions(), null)).Message.ShouldContain("--usd 5");
        ResearcherChoice.Settle(claude, new SittingOptions { Replay = "t.jsonl" }, null).Researcher.ShouldBe(ResearcherChoice.Replay);
    }

    [Fact]
    public void A_study_that_was_started_as_a_replay_goes_on_as_one_and_never_spends()
    {
        var replayed = Asked with { Researcher = ResearcherChoice.Replay };
        ResearcherChoice.Settle(replayed, new SittingOptions(), ResearcherChoice.Replay).Researcher.ShouldBe(ResearcherChoice.Replay);
        ResearcherChoice.Settle(Asked, new SittingOptions(), ResearcherChoice.Replay).Researcher.ShouldBe(ResearcherChoice.Replay);
        Should.Throw<InputException>(() => ResearcherChoice.Settle(replayed, new SittingOptions(), null));
    }
}
