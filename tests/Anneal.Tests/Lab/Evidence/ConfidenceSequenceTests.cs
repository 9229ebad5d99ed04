using Anneal.Lab.Evidence;

namespace Anneal.Tests.Lab.Evidence;

public class ConfidenceSequenceTests
{
    [Fact]
    public void It_holds_the_mean_at_every_time_at_once()
    {
        var random = new Random(21);
        const int repeats = 8_000;
        int missed = 0;
        for (int i = 0; i < repeats; i++)
        {
            double[] values = random.Normals(8, mean: 3, sd: 2);
            if (Enumerable.Range(2, 7).Any(n => ConfidenceSequence.Interval(values[..n]) is var (low, high) && (low > 3 || high < 3))) missed++;
        }

        (missed / (double)repeats).ShouldBeLessThan(0.05);
        missed.ShouldBeGreaterThan(repeats / 200, "an interval that never misses is too wide to be of use");
    }

    [Fact]
    public void It_is_wider_than_the_interval_for_a_time_fixed_beforehand()
    {
        double[] values = [1.0, 1.4, 0.9, 1.2, 1.1];
        var (low, high) = ConfidenceSequence.Interval(values);
        var (_, fixedLow, fixedHigh) = StudentT.Interval(values);
        low.ShouldBeLessThan(fixedLow);
        high.ShouldBeGreaterThan(fixedHigh);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void With_fewer_than_three_pairs_it_is_the_whole_line(int count) =>
        ConfidenceSequence.Interval([.. Enumerable.Repeat(1.0, count)]).High.ShouldBe(double.PositiveInfinity);

    [Fact]
    public void The_critical_value_falls_to_where_the_e_value_is_the_bar()
    {
        double t = ConfidenceSequence.Critical(4);
        var at = new Moments(4, t / 2, 3);
        EffectMixture.Standard.LogBayesFactor(at, symmetric: true).ShouldBe(Math.Log(20), 1e-6);
        ConfidenceSequence.Critical(8).ShouldBeLessThan(t);
    }
}
