using Anneal.Engine.Models;
using Anneal.Lab.Evidence;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Lab.Research;

public class EmbeddedResearcherTests
{
    [Fact]
    public void The_same_record_gives_the_same_proposal()
    {
        var study = new StudyFixture();
        for (int i = 0; i < 4; i++)
        {
            var first = study.Propose()!;
            var second = study.Propose()!;
            second.Hypothesis.ShouldBe(first.Hypothesis);
            second.Change.ShouldBe(first.Change);
            second.Predicted.ShouldBe(first.Predicted);
            study.Decide(first, 0.001 * i, Verdict.Rejected);
        }
    }

    [Fact]
    public void Nothing_is_proposed_twice_and_every_proposal_is_sound()
    {
        var study = new StudyFixture();
        var recipes = new HashSet<string> { study.Champion.Identity() };
        for (int i = 0; i < 25; i++)
        {
            var proposal = study.Propose().ShouldNotBeNull();
            var treatment = study.Champion.With(proposal.Change);
            RecipeRules.Check(treatment).ShouldBeEmpty();
            recipes.Add(treatment.Identity()).ShouldBeTrue($"{proposal.Source} was measured before");
            proposal.Hypothesis.ShouldNotBeNullOrWhiteSpace();
            proposal.Mechanism.ShouldNotBeNullOrWhiteSpace();
            proposal.Refutation.ShouldNotBeNullOrWhiteSpace();
            proposal.Predicted.Sd.ShouldBeGreaterThan(0);
            double? effect = i % 5 == 4 ? null : 0.004 - 0.002 * (i % 4);
            study.Decide(proposal, effect, effect is null ? Verdict.Invalid : effect > 0.003 ? Verdict.Confirmed : Verdict.Rejected);
        }
    }

    [Fact]
    public void Search_has_its_turn_among_the_ideas()
    {
        var study = new StudyFixture();
        var sources = new List<string>();
        for (int i = 0; i < 8; i++)
        {
            var proposal = study.Propose()!;
            sources.Add(proposal.Source);
            study.Decide(proposal, -0.01, Verdict.Rejected);
        }

        sources.Count(s => s == "search").ShouldBeGreaterThanOrEqualTo(2);
        sources.Count(s => s.StartsWith("idea:", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public void An_idea_that_is_in_place_is_not_proposed()
    {
        var study = new StudyFixture("rope");
        var turned = study.Champion with { Model = study.Champion.Model with { Position = new() { Kind = PositionKind.Rope } } };
        study.Propose()!.Source.ShouldBe("idea:rope");
        study.Champion = turned;
        study.Propose()!.Source.ShouldBe("search");
    }

    [Fact]
    public void A_pending_experiment_is_not_proposed_again_after_the_champion_changed()
    {
        var study = new StudyFixture("rope", "muon");
        var confirmed = study.Propose()!;
        var before = study.Champion;
        study.Decide(confirmed, 0.05, Verdict.Confirmed);
        var pending = study.Propose()!;
        // It was proposed against the earlier champion and has no verdict yet.
        study.Tried.Add(ExperimentIdentityOf(before, pending.Change));
        study.Propose()!.Change.ShouldNotBe(pending.Change);
    }

    [Fact]
    public void Suggestive_results_are_combined()
    {
        var study = new StudyFixture("rope", "qk_norm", "zero_init") { Spec = new StudyFixture("rope", "qk_norm", "zero_init").Spec with { Space = new() { AllowIdeas = ["rope", "qk_norm"] } } };
        study.Decide(study.Propose()!, 0.006, Verdict.Suggestive);
        study.Decide(study.Propose()!, 0.005, Verdict.Suggestive);
        var bundle = study.Propose().ShouldNotBeNull();
        bundle.Source.ShouldBe("combine");
        bundle.Change.Keys.ShouldBe(["model.position.kind", "model.qk_norm"], ignoreOrder: true);
    }

    [Fact]
    public void With_nothing_left_to_try_it_says_so()
    {
        var study = new StudyFixture { Spec = new StudyFixture().Spec with { Space = new() { AllowIdeas = ["rope"] } } };
        study.Decide(study.Propose()!, -0.01, Verdict.Rejected);
        study.Propose().ShouldBeNull();
    }

    private static string ExperimentIdentityOf(Recipe control, IReadOnlyDictionary<string, string> change) =>
        Anneal.Lab.ExperimentIdentity.Of(control, control.With(change));
}
