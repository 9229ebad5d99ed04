using Anneal.Lab;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Lab;

public class FlopBudgetTests
{
    // The worst that the study's control flow can do: experiments begin and pairs are made whenever the budget allows one,
    // the later experiments' diagnoses and screening are spent before the earlier ones are decided.
    private static double WorstCase(FlopBudget budget, StudySpec spec)
    {
        double decided = budget.Noise, spent = budget.Noise;
        var (begun, number) = (0, 0);
        while (true)
        {
            // Proposal k sees the experiments up to k - parallel.
            while (begun < number + budget.Parallel && budget.AllowsExperiment(decided) && begun < spec.Budget.Experiments)
            {
                begun++;
                spent += budget.Diagnosis + budget.Screening;
            }
            if (number == begun) return spent + budget.Seal;
            number++;
            var own = budget.Diagnosis + budget.Screening;
            for (var pair = 0; pair < spec.Acceptance.MaxPairs && budget.AllowsPair(decided + own); pair++)
            {
                own += budget.Pair;
                spent += budget.Pair;
            }
            decided += own;
        }
    }

    [Fact]
    public void No_study_spends_more_than_its_limit()
    {
        var studies =
            from full in Gen.Choose(1, 1000)
            from slack in Gen.Choose(0, 400)
            from parallel in Gen.Choose(1, 5)
            from pairs in Gen.Choose(2, 12)
            from nulls in Gen.Choose(2, 6)
            from seals in Gen.Choose(2, 6)
            from rungs in Gen.Elements<double[]>([[], [0.25], [0.25, 0.5], [0.1, 0.3, 0.9]])
            from researcher in Gen.Elements("embedded", "claude")
            select (full, slack, spec: new StudySpec
            {
                Study = "s",
                Researcher = researcher,
                Recipe = "r",
                Parallel = parallel,
                Rungs = rungs,
                Acceptance = new AcceptanceSpec { MaxPairs = pairs },
                Noise = new NoiseSpec { NullPairs = nulls, SealedPairs = seals },
            });
        Prop.ForAll(studies.ToArbitrary(), study =>
        {
            var least = new FlopBudget(study.spec, study.full).Least;
            var spec = study.spec with { Budget = new StudyBudget { Flops = least + study.slack * 0.1 * study.full, Experiments = 50 } };
            var worst = WorstCase(new FlopBudget(spec, study.full), spec);
            worst.ShouldBeLessThanOrEqualTo(spec.Budget.Flops!.Value * (1 + 1e-12));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_least_limit_allows_one_experiment_all_of_its_pairs()
    {
        var spec = new StudySpec { Study = "s", Recipe = "r", Parallel = 2 };
        spec = spec with { Budget = new StudyBudget { Flops = new FlopBudget(spec, 10).Least } };
        var budget = new FlopBudget(spec, 10);
        budget.AllowsExperiment(budget.Noise).ShouldBeTrue();
        budget.AllowsPair(budget.Noise + budget.Screening + (spec.Acceptance.MaxPairs - 1) * budget.Pair).ShouldBeTrue();
        budget.AllowsPair(budget.Noise + budget.Screening + spec.Acceptance.MaxPairs * budget.Pair).ShouldBeFalse();
    }

    [Fact]
    public void Diagnoses_are_kept_aside_for_a_model_where_the_limit_has_room_for_them()
    {
        var spec = new StudySpec { Study = "s", Recipe = "r", Parallel = 2, Researcher = "claude" };
        new FlopBudget(spec with { Researcher = "embedded" }, 10).Diagnosis.ShouldBe(0);
        new FlopBudget(spec, 10).Diagnosis.ShouldBe(2 * 0.25 * 10);
        var tight = new FlopBudget(spec, 10).Least;
        new FlopBudget(spec with { Budget = new StudyBudget { Flops = tight } }, 10).Diagnosis.ShouldBe(0);
        new FlopBudget(spec with { Budget = new StudyBudget { Flops = tight + 10 } }, 10).Diagnosis.ShouldBe(5);
    }

    [Fact]
    public void Without_a_limit_everything_is_allowed()
    {
        var budget = new FlopBudget(new StudySpec { Study = "s", Recipe = "r", Parallel = 1 }, 10);
        budget.AllowsExperiment(1e30).ShouldBeTrue();
        budget.AllowsPair(1e30).ShouldBeTrue();
    }
}
