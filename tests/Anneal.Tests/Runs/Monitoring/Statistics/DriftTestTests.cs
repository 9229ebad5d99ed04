using Anneal.Runs.Monitoring.Statistics;

namespace Anneal.Tests.Runs.Monitoring.Statistics;

public class DriftTestTests
{
    [Fact]
    public void A_curve_that_turns_up_slowly_is_noticed_and_one_that_flattens_is_not()
    {
        var (rising, flattening) = (0, 0);
        for (var seed = 0; seed < 12; seed++)
        {
            rising += Least(seed, step => step > 400 ? 0.004 * (step - 400) : 0, above: true) > 3.4 ? 1 : 0;
            flattening += Least(seed, _ => 0, above: true) > 3.4 ? 1 : 0;
        }
        rising.ShouldBeGreaterThanOrEqualTo(11);
        flattening.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void A_loss_that_sinks_below_its_curve_scores_negative() =>
        Least(3, step => step > 400 ? -0.006 * (step - 400) : 0, above: false).ShouldBeGreaterThan(3.4);

    // Largest score of the wanted sign over a noisy power law.
    private static double Least(int seed, Func<int, double> drift, bool above)
    {
        var (test, step, worst) = (new DriftTest(), 0, 0.0);
        foreach (var noise in Noise.Normal(seed).Take(520))
        {
            step++;
            if (test.Take(step, 2 + (6 * Math.Pow(step, -0.4)) + (0.1 * noise) + drift(step)) && step > 250) worst = Math.Max(worst, above ? test.Score : -test.Score);
        }
        return worst;
    }
}
