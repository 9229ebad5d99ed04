using Anneal.Lab;
using Anneal.Lab.Code;
using Anneal.Lab.Evidence;
using Anneal.Lab.Research;
using Anneal.Lab.Studies;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Lab.Studies;

public class TrialTests
{
    private static readonly Recipe champion = new() { Budget = new BudgetConfig { Flops = 1e12 } };
    private static readonly HashSet<string> nothing = [];

    private static Proposal Change(string key, string value) => new()
    {
        Source = "search",
        Hypothesis = "h",
        Mechanism = "m",
        Refutation = "r",
        Change = new Dictionary<string, string> { [key] = value },
        Predicted = new Prediction(0.01, 0.01),
    };

    [Fact]
    public void A_sound_change_becomes_a_treatment_with_the_champions_budget_and_seed()
    {
        var trial = Trial.Of(1, Change("optimizer.lr", "0.01"), champion, nothing, (_, _) => null);
        trial.Verdict.ShouldBeNull();
        trial.Treatment.ShouldBe(champion with { Optimizer = champion.Optimizer with { Lr = 0.01 } });
        trial.Identity.ShouldBe(ExperimentIdentity.Of(champion, trial.Treatment));
    }

    [Theory]
    [InlineData("optimizer.lrr", "0.01", "lrr")]
    [InlineData("optimizer.lr", "fast", "fast")]
    [InlineData("optimizer.lr", "0.003", "has this change already")]
    [InlineData("budget.flops", "9e12", "has this change already")]
    [InlineData("seed", "7", "has this change already")]
    public void A_change_that_cannot_be_measured_is_invalid_and_says_why(string key, string value, string why)
    {
        var trial = Trial.Of(1, Change(key, value), champion, nothing, (_, _) => null);
        trial.Verdict.ShouldBe(Verdict.Invalid);
        trial.Reason!.ShouldContain(why);
        trial.ToRecord().Status.ShouldBe("failed");
    }

    [Fact]
    public void An_impossible_shape_is_invalid_with_the_rule_that_it_breaks() =>
        Trial.Of(1, Change("model.heads", "3"), champion, nothing, (recipe, _) => RecipeRules.Check(recipe) is [var problem, ..] ? problem.ToString() : null)
            .Reason!.ShouldContain("model.width");

    [Fact]
    public void The_same_experiment_is_not_made_twice()
    {
        var first = Trial.Of(1, Change("optimizer.lr", "0.01"), champion, nothing, (_, _) => null);
        var second = Trial.Of(2, Change("optimizer.lr", "1e-2"), champion, new HashSet<string> { first.Identity }, (_, _) => null);
        second.Verdict.ShouldBe(Verdict.Invalid);
        second.Reason!.ShouldContain("made before");
    }

    [Fact]
    public void A_change_that_another_verdict_adopted_meanwhile_is_invalid_against_the_new_champion()
    {
        var trial = Trial.Of(2, Change("optimizer.lr", "0.01"), champion, nothing, (_, _) => null);
        trial.Meet(champion with { Optimizer = champion.Optimizer with { Lr = 0.01 } }, (_, _) => null);
        trial.Verdict.ShouldBe(Verdict.Invalid);
    }

    [Fact]
    public void Code_stands_in_the_treatment_by_its_hash_and_is_judged_with_it()
    {
        var code = new ProposedCode(CodeKind.Schedule, "class");
        var proposal = Change("optimizer.lr", "0.01") with { Code = code };
        ProposedCode? asked = null;
        var trial = Trial.Of(1, proposal, champion, nothing, (_, brought) => { asked = brought; return null; });
        asked.ShouldBe(code);
        trial.Treatment.Code.Schedule.ShouldBe(CodeCompiler.HashOf("class"));
        trial.Identity.ShouldNotBe(Trial.Of(1, Change("optimizer.lr", "0.01"), champion, nothing, (_, _) => null).Identity);
        // Adopted, it is the champion's, and the same code again is no change.
        Trial.Of(2, Change("optimizer.lr", "0.01") with { Code = code }, trial.Treatment, nothing, (_, _) => null).Reason!.ShouldContain("has this change already");
    }
}
