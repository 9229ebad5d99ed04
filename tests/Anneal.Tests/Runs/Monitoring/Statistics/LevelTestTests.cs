using Anneal.Runs.Monitoring;
using Anneal.Runs.Monitoring.Statistics;

namespace Anneal.Tests.Runs.Monitoring.Statistics;

public class LevelTestTests
{
    [Theory]
    [InlineData("normal")]
    [InlineData("t3")]
    [InlineData("t5")]
    public void Stationary_noise_seldom_looks_like_a_shift(string tails)
    {
        var (alarms, steps) = (0, 0);
        for (var seed = 0; seed < 8; seed++)
        {
            var (channel, test) = (new Channel(), new LevelTest());
            var quietUntil = 0;
            foreach (var value in (tails == "normal" ? Noise.Normal(seed) : Noise.StudentT(seed, tails == "t3" ? 3 : 5)).Take(4000))
            {
                channel.Take(value);
                test.Take(channel);
                if (++steps < quietUntil || Math.Max(test.Up, test.Down) < 4.2) continue;
                alarms++;
                quietUntil = steps + 32;
            }
        }

        alarms.ShouldBeLessThanOrEqualTo((int)(0.25 * steps / 1000), $"in {steps} steps");
    }

    [Theory]
    [InlineData(1e-3, 0)]
    [InlineData(1, 40)]
    [InlineData(1e4, -7e4)]
    public void Evidence_does_not_depend_on_unit_or_origin(double unit, double origin)
    {
        var (plain, moved) = (Evidence(1, 0), Evidence(unit, origin));
        for (var i = 0; i < plain.Count; i++) moved[i].ShouldBe(plain[i], 1e-4);
    }

    [Fact]
    public void A_shift_of_three_sigmas_shows_within_eight_values_and_one_odd_value_does_not()
    {
        var (found, odd) = (0, 0);
        for (var seed = 0; seed < 20; seed++)
        {
            found += Peak(seed, i => i >= 300 ? 3 : 0) >= 4.2 ? 1 : 0;
            odd += Peak(seed, i => i == 300 ? 4.5 : 0) >= 4.2 ? 1 : 0;
        }
        found.ShouldBeGreaterThanOrEqualTo(18);
        odd.ShouldBeLessThanOrEqualTo(2);
    }

    private static double Peak(int seed, Func<int, double> shift)
    {
        var (channel, test, peak, i) = (new Channel(), new LevelTest(), 0.0, 0);
        foreach (var value in Noise.Normal(seed).Take(308))
        {
            channel.Take(value + shift(i));
            test.Take(channel);
            if (i++ >= 300) peak = Math.Max(peak, test.Up);
        }
        return peak;
    }

    private static List<double> Evidence(double unit, double origin)
    {
        var (channel, test, evidence) = (new Channel(), new LevelTest(), new List<double>());
        foreach (var value in Noise.Normal(9).Take(400))
        {
            channel.Take(origin + (unit * value));
            test.Take(channel);
            evidence.Add(test.Up - test.Down);
        }
        return evidence;
    }
}
