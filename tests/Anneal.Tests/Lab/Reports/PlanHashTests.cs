using Anneal.Lab;
using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

public class PlanHashTests
{
    private static readonly StudySpec Spec = SampleStudy.Finished().Spec;

    [Fact]
    public void What_was_promised_decides_and_not_where_the_file_lies()
    {
        var hash = PlanHash.Of(Spec, "model: {}");
        hash.Length.ShouldBe(64);
        PlanHash.Of(Spec with { Recipe = "/elsewhere/recipe.yaml" }, "model: {}").ShouldBe(hash);
        PlanHash.Of(Spec with { Seed = 2 }, "model: {}").ShouldNotBe(hash);
        PlanHash.Of(Spec with { Acceptance = Spec.Acceptance with { FalseAccept = 0.1 } }, "model: {}").ShouldNotBe(hash);
        PlanHash.Of(Spec, "model: {layers: 2}").ShouldNotBe(hash);
    }
}
