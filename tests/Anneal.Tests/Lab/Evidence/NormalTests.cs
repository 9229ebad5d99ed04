using Anneal.Lab.Evidence;

namespace Anneal.Tests.Lab.Evidence;

public class NormalTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.84134474606854293)]
    [InlineData(-1.96, 0.024997895148220435)]
    [InlineData(-5.5, 1.8989562465887719e-8)]
    [InlineData(-6.5, 4.0160005838590881e-11)]
    [InlineData(-20, 2.7536241186062337e-89)]
    public void Cdf_matches_published_values(double z, double expected) =>
        Math.Abs(Normal.Cdf(z) / expected - 1).ShouldBeLessThan(1e-10);

    [Theory]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.01, -2.3263478740408408)]
    public void Quantile_inverts_the_cdf(double p, double expected) => Normal.Quantile(p).ShouldBe(expected, 1e-9);
}
