using Anneal.Lab;
using Anneal.Lab.Research.Ideas;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Lab.Research;

public class IdeaLibraryTests
{
    private static readonly StudySpec Spec = new() { Study = "s", Recipe = "r" };

    private static readonly Recipe Gpt2 = new Recipe { Budget = new() { Flops = 1e12 } };

    private static readonly Recipe Modern = Gpt2.With(new Dictionary<string, string>
    {
        ["model.position.kind"] = "rope",
        ["model.norm.kind"] = "rms",
        ["model.tie_embeddings"] = "false",
        ["model.bias"] = "false",
        ["optimizer.kind"] = "muon",
        ["optimizer.lr"] = "0.02",
    });

    [Fact]
    public void Names_are_unique() => IdeaLibrary.All.Select(i => i.Id).ShouldBeUnique();

    [Fact]
    public void Every_change_is_a_sound_recipe_that_differs_from_the_champion()
    {
        foreach (var champion in new[] { Gpt2, Modern })
        {
            foreach (var idea in IdeaLibrary.All)
            {
                if (idea.Change(champion, Spec) is not { } change) continue;
                var changed = champion.With(change);
                RecipeRules.Check(changed).ShouldBeEmpty(idea.Id);
                changed.Identity().ShouldNotBe(champion.Identity(), idea.Id);
            }
        }
    }

    [Fact]
    public void Every_idea_applies_to_one_of_the_two_styles() =>
        IdeaLibrary.All.Where(i => i.Change(Gpt2, Spec) is null && i.Change(Modern, Spec) is null).ShouldBeEmpty();

    [Fact]
    public void Beliefs_are_probabilities_and_gains() =>
        IdeaLibrary.All.ShouldAllBe(i => i.Probability > 0 && i.Probability < 1 && i.GainPercent > 0 && i.GainPercent < 5);

    [Fact]
    public void A_study_can_bar_and_allow_by_name()
    {
        IdeaLibrary.Allowed(new SearchSpace { AllowIdeas = ["rope", "muon"] }).Select(i => i.Id).ShouldBe(["rope", "muon"]);
        IdeaLibrary.Allowed(new SearchSpace { BarIdeas = ["rope"] }).ShouldNotContain(i => i.Id == "rope");
    }
}
