using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

public class AxisTests
{
    [Theory]
    [InlineData(-0.013, 0.11, new[] { "0.00", "0.02", "0.04", "0.06", "0.08", "0.10" })]
    [InlineData(-0.4, 0.4, new[] { "−0.4", "−0.2", "0.0", "0.2", "0.4" })]
    [InlineData(0, 1100, new[] { "0", "200", "400", "600", "800", "1000" })]
    public void Ticks_are_round_and_zero_has_no_sign(double min, double max, string[] labels) =>
        new Axis(min, max, 0, 100).Ticks(5).Select(tick => tick.Label).ShouldBe(labels);

    [Fact]
    public void A_logarithmic_axis_marks_one_and_three_of_each_decade() =>
        new Axis(900, 120_000, 0, 100, Log: true).Ticks(5).Select(tick => tick.Label).ShouldBe(["1k", "3k", "10k", "30k", "100k"]);

    [Fact]
    public void The_ends_lie_on_their_pixels()
    {
        var axis = new Axis(2, 8, 300, 48, Log: true);
        axis[2].ShouldBe(300, 1e-9);
        axis[8].ShouldBe(48, 1e-9);
        axis[4].ShouldBe(174, 1e-9);
    }

    [Fact]
    public void Around_holds_every_finite_value_and_survives_none()
    {
        var axis = Axis.Around([1, double.NaN, 3, double.PositiveInfinity], 0, 100);
        axis.Holds(1).ShouldBeTrue();
        axis.Holds(3).ShouldBeTrue();
        Axis.Around([], 0, 100).Ticks(4).ShouldNotBeEmpty();
        Axis.Around([5, 5], 0, 100).Holds(5).ShouldBeTrue();
    }
}
