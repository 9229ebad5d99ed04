using Anneal.Lab;
using Anneal.Lab.Providers;
using Anneal.Lab.Research;
using Anneal.Tests.Lab.Providers;

namespace Anneal.Tests.Lab.Research;

public class StudyEstimateTests
{
    private static readonly StudySpec spec = new StudyFixture().Spec with { Researcher = "claude", Parallel = 2, Budget = new() { Experiments = 20, Usd = 5 } };

    [Fact]
    public void Low_is_below_likely_is_below_high_and_most_of_what_is_read_comes_from_the_cache()
    {
        var estimate = Of(spec);
        estimate.Low.ShouldBeGreaterThan(0);
        estimate.Likely.ShouldBeGreaterThan(estimate.Low);
        estimate.High.ShouldBeGreaterThan(estimate.Likely);
        estimate.CacheShare.ShouldBeInRange(0.5, 0.95);
        (estimate.Proposals, estimate.Limit).ShouldBe((10, 5));
    }

    [Fact]
    public void Twice_the_price_is_twice_the_dollars()
    {
        var dear = ScriptedModel.Entry with { Price = new ModelPrice(8, 40, 10, 0.4) };
        StudyEstimate.Of(spec, 1e12, dear, []).Likely.ShouldBe(2 * Of(spec).Likely, 1e-9);
    }

    [Fact]
    public void A_longer_study_costs_more_and_flops_limit_it_too()
    {
        Of(spec with { Budget = spec.Budget with { Experiments = 100 } }).Likely.ShouldBeGreaterThan(4 * Of(spec).Likely);
        Of(spec with { Budget = spec.Budget with { Flops = 60e12 } }).Proposals.ShouldBeLessThan(10);
    }

    private static StudyEstimate Of(StudySpec study) => StudyEstimate.Of(study, 1e12, ScriptedModel.Entry, []);
}
