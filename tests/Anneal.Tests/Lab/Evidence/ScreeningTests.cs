using Anneal.Lab.Evidence;
using Anneal.Lab.Research;

namespace Anneal.Tests.Lab.Evidence;

public class ScreeningTests
{
    private static readonly ScreeningSpec Spec = new() { Rungs = [0.25, 0.5], NoiseSd = 0.01, MinEffect = 0.005, Predicted = new Prediction(0.02, 0.02) };

    [Fact]
    public void A_change_that_is_clearly_worse_stops_at_the_first_rung() =>
        Screening.Judge([new(0.25, 2.5, 2.7)], Spec).Decision.ShouldBe("stop");

    [Fact]
    public void A_change_that_is_clearly_better_skips_the_second_rung() =>
        Screening.Judge([new(0.25, 2.5, 2.3)], Spec).Decision.ShouldBe("promote");

    [Fact]
    public void Anything_between_goes_to_the_next_rung() =>
        Screening.Judge([new(0.25, 2.5, 2.495)], Spec).Decision.ShouldBe("next");

    [Fact]
    public void The_last_rung_always_decides() =>
        Screening.Judge([new(0.25, 2.5, 2.495), new(0.5, 2.3, 2.295)], Spec).Decision.ShouldBeOneOf("stop", "promote");

    [Fact]
    public void A_gain_that_fades_with_compute_is_expected_to_fade_further()
    {
        var fading = Screening.Judge([new(0.25, 2.5, 2.40), new(0.5, 2.3, 2.25)], Spec);
        var steady = Screening.Judge([new(0.25, 2.5, 2.45), new(0.5, 2.3, 2.25)], Spec);
        fading.Extrapolated.ShouldBeLessThan(steady.Extrapolated);
    }

    [Fact]
    public void The_prediction_counts_less_than_what_was_measured()
    {
        double hopeful = Screening.Judge([new(0.25, 2.5, 2.4)], Spec with { Predicted = new(0.2, 0.02) }).Extrapolated;
        double doubtful = Screening.Judge([new(0.25, 2.5, 2.4)], Spec with { Predicted = new(-0.1, 0.02) }).Extrapolated;
        hopeful.ShouldBeGreaterThan(doubtful);
        doubtful.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_failed_run_stops_with_the_reason()
    {
        var state = Screening.Judge([new(0.25, 2.5, null)], Spec);
        state.Decision.ShouldBe("stop");
        state.Reason.ShouldContain("failed");
        Screening.Judge([new(0.25, null, 2.5)], Spec).Reason.ShouldContain("champion");
    }

    [Theory]
    [InlineData(0, 0.0, 0.35)]
    [InlineData(-3, 0.0, 0.05)]
    [InlineData(4, 0.85, 1.0)]
    public void True_winners_are_seldom_stopped_and_nulls_seldom_promoted(double sigmas, double least, double most)
    {
        var random = new Random(51);
        int promoted = 0;
        for (int i = 0; i < 1000; i++)
        {
            var seen = new List<RungResult>();
            foreach (double rung in Spec.Rungs)
            {
                double difference = 0.01 * sigmas + Screening.NoiseAt(rung, 0.01) * random.Normal();
                seen.Add(new(rung, 2.5, 2.5 - difference));
                string decision = Screening.Judge(seen, Spec with { Predicted = new(0.01, 0.02) }).Decision;
                if (decision == "promote") promoted++;
                if (decision != "next") break;
            }
        }

        (promoted / 1000.0).ShouldBeInRange(least, most);
    }
}
