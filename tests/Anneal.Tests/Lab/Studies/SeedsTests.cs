using Anneal.Lab.Studies;

namespace Anneal.Tests.Lab.Studies;

public class SeedsTests
{
    [Fact]
    public void Seeds_are_fresh_for_each_purpose_and_each_study_and_the_same_every_time()
    {
        var purposes = Enumerable.Range(0, 1000).Select(i => $"e{i}/0").ToArray();
        var seeds = purposes.Select(purpose => Seeds.Derive(1, purpose)).Concat(purposes.Select(purpose => Seeds.Derive(2, purpose))).ToList();
        seeds.ShouldBeUnique();
        seeds.ShouldAllBe(seed => seed >= 0 && seed < 1L << 53);
        Seeds.Derive(1, "e1/0").ShouldBe(seeds[1]);
    }

    [Fact]
    public void The_derivation_never_changes_for_old_studies_depend_on_it() => Seeds.Derive(1, "initialisation/baseline/0").ShouldBe(840470159285370);
}
