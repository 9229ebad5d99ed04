using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

public class UnitsTests
{
    [Theory]
    [InlineData(0, "0 FLOP")]
    [InlineData(999.6, "1.00 kFLOP")]
    [InlineData(6.12e13, "61.2 TFLOP")]
    [InlineData(9.996e11, "1.00 TFLOP")]
    [InlineData(3.5e20, "350 EFLOP")]
    public void FLOPs_have_three_digits(double flops, string text) => Units.Flops(flops).ShouldBe(text);

    [Theory]
    [InlineData(4.24, "4.2 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(312, "5 min 12 s")]
    [InlineData(3599.7, "1 h 00 min")]
    [InlineData(11_220, "3 h 07 min")]
    public void Durations_never_show_sixty_of_anything(double seconds, string text) => Units.Duration(seconds).ShouldBe(text);

    [Theory]
    [InlineData(0.04212, "+0.0421")]
    [InlineData(-0.5, "−0.5000")]
    [InlineData(0.0, "0.0000")]
    [InlineData(double.NegativeInfinity, "−∞")]
    [InlineData(null, "–")]
    public void Effects_are_signed(double? effect, string text) => Units.Effect(effect).ShouldBe(text);

    [Theory]
    [InlineData(0.2, "0.2")]
    [InlineData(71.4, "71")]
    [InlineData(123_456, "1.2e5")]
    [InlineData(double.PositiveInfinity, "∞")]
    public void E_values_keep_the_digits_that_matter(double value, string text) => Units.EValue(value).ShouldBe(text);
}
