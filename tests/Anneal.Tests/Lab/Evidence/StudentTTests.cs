using Anneal.Lab.Evidence;

namespace Anneal.Tests.Lab.Evidence;

public class StudentTTests
{
    [Theory]
    [InlineData(0.975, 1, 12.706204736432095)]
    [InlineData(0.975, 3, 3.1824463052842629)]
    [InlineData(0.95, 7, 1.8945786050613054)]
    [InlineData(0.995, 30, 2.7499956536)]
    public void Quantile_matches_the_tables(double p, double degrees, double expected) =>
        StudentT.Quantile(p, degrees).ShouldBe(expected, 1e-8);

    [Fact]
    public void Interval_of_four_values_is_mean_and_t_times_standard_error()
    {
        var (mean, low, high) = StudentT.Interval([1, 2, 3, 4]);
        mean.ShouldBe(2.5);
        double half = 3.1824463052842629 * Math.Sqrt(5.0 / 3) / 2;
        low.ShouldBe(2.5 - half, 1e-9);
        high.ShouldBe(2.5 + half, 1e-9);
    }

    [Fact]
    public void One_value_has_no_interval() => StudentT.Interval([1]).High.ShouldBe(double.PositiveInfinity);
}
