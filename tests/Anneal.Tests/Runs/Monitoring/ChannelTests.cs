using Anneal.Runs.Monitoring;

namespace Anneal.Tests.Runs.Monitoring;

public class ChannelTests
{
    [Fact]
    public void The_expectation_follows_a_curve_and_the_sigma_is_the_noises()
    {
        var (channel, step) = (new Channel(), 0);
        foreach (var noise in Noise.Normal(1).Take(600)) channel.Take(2 + (5 * Math.Pow(++step, -0.5)) + (0.05 * noise));

        channel.IsReady.ShouldBeTrue();
        channel.Expected.ShouldBe(2 + (5 * Math.Pow(step, -0.5)), 0.03);
        channel.Sigma.ShouldBe(0.05, 0.015);
    }

    [Fact]
    public void Outliers_do_not_move_the_expectation_and_a_shift_that_stays_does()
    {
        var channel = Learnt(1);
        channel.Take(50);
        channel.Score.ShouldBeGreaterThan(4);
        channel.Take(0);
        Math.Abs(channel.Expected).ShouldBeLessThan(0.5);

        foreach (var noise in Noise.Normal(2).Take(40)) channel.Take(30 + noise);
        channel.Expected.ShouldBe(30, 1);
        channel.Sigma.ShouldBe(1, 0.5);
    }

    [Fact]
    public void A_value_that_is_missing_or_not_finite_is_not_heard()
    {
        var channel = Learnt(1);
        var (count, value) = (channel.Count, channel.Value);
        foreach (double? missing in new double?[] { null, double.NaN, double.PositiveInfinity })
        {
            channel.Take(missing);
            channel.IsHeard.ShouldBeFalse();
        }
        (channel.Count, channel.Value).ShouldBe((count, value));
    }

    [Fact]
    public void Going_back_forgets_the_level_and_keeps_the_noise()
    {
        var channel = Learnt(1);
        var sigma = channel.Sigma;
        channel.Rejoin();
        channel.Take(20);
        channel.IsReady.ShouldBeFalse();
        foreach (var noise in Noise.Normal(3).Take(20))
        {
            channel.Take(20 + noise);
            Math.Abs(channel.Score).ShouldBeLessThan(4);
        }
        channel.Sigma.ShouldBe(sigma, 0.3);
    }

    [Fact]
    public void A_signal_rounded_to_few_digits_has_a_sigma_no_smaller_than_its_last_digit_allows()
    {
        var channel = new Channel();
        foreach (var noise in Noise.Normal(1).Take(300)) channel.Take(Math.Round(2 + (0.001 * noise), 2));
        channel.Take(2.01);
        channel.Resolution.ShouldBe(0.01, 1e-6);
        channel.Sigma.ShouldBeGreaterThanOrEqualTo(0.0029);
        Math.Abs(channel.Score).ShouldBeLessThan(4);
    }

    private static Channel Learnt(int seed)
    {
        var channel = new Channel();
        foreach (var noise in Noise.Normal(seed).Take(300)) channel.Take(noise);
        return channel;
    }
}
