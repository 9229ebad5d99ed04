using Anneal.Runs.Monitoring.Statistics;

namespace Anneal.Tests.Runs.Monitoring.Statistics;

public class NoiseModelTests
{
    [Theory]
    [InlineData(1e-6)]
    [InlineData(1)]
    [InlineData(1e5)]
    public void Scores_do_not_depend_on_the_unit(double unit)
    {
        var (plain, scaled) = (Learn(Noise.Normal(1), 1), Learn(Noise.Normal(1), unit));
        scaled.Sigma.ShouldBe(unit * plain.Sigma, 1e-9 * unit);
        foreach (var size in new[] { -6.0, -1, 0.5, 3, 12 }) scaled.Score(size).ShouldBe(plain.Score(size), 1e-9);
    }

    [Fact]
    public void Normal_noise_scores_its_own_sigmas()
    {
        var noise = Learn(Noise.Normal(2), 3);
        noise.Sigma.ShouldBe(3, 0.5);
        noise.Score(2).ShouldBe(2, 0.2);
        noise.Score(4).ShouldBeInRange(3, 4.05);
        noise.Score(-4).ShouldBe(-noise.Score(4), 0.6);
    }

    [Fact]
    public void Heavy_tails_raise_what_counts_as_rare()
    {
        var (light, heavy) = (Learn(Noise.Normal(3), 1), Learn(Noise.StudentT(3, 3), 1));
        heavy.Score(8).ShouldBeLessThan(light.Score(8) - 0.5);
        heavy.Score(8).ShouldBeLessThan(4.5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_score_grows_with_the_size_and_its_inverse_gives_it_back(bool power)
    {
        var noise = new NoiseModel(128, power ? TailKind.Power : TailKind.Exponential);
        foreach (var value in Noise.Normal(4).Take(200)) noise.Learn(value);
        var last = 0.0;
        for (var size = 0.25; size < 40; size *= 1.3)
        {
            var score = noise.Score(size);
            score.ShouldBeGreaterThanOrEqualTo(last);
            last = score;
        }
        foreach (var score in new[] { -4.0, -1, 1, 3.1, 5 }) noise.Score(noise.Size(score)).ShouldBe(score, 0.02);
    }

    [Fact]
    public void One_outlier_changes_little()
    {
        var noise = Learn(Noise.Normal(5), 1);
        var (sigma, score) = (noise.Sigma, noise.Score(6));
        noise.LearnTail(1e6);
        noise.Learn(1e6);
        noise.Sigma.ShouldBe(sigma, 0.1 * sigma);
        noise.Score(6).ShouldBe(score, 1);
    }

    private static NoiseModel Learn(IEnumerable<double> values, double unit)
    {
        var noise = new NoiseModel(128, TailKind.Power);
        foreach (var value in values.Take(600))
        {
            noise.LearnTail(unit * value);
            noise.Learn(unit * value);
        }
        return noise;
    }
}
