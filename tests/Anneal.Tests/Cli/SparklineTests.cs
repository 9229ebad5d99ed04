using Anneal.Cli.Live;

namespace Anneal.Tests.Cli;

public class SparklineTests
{
    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6, 7, 8 }, 8, "▁▂▃▄▅▆▇█")]
    [InlineData(new double[] { 8, 8, 1, 1 }, 2, "█▁")]
    [InlineData(new double[] { 3, 3, 3 }, 3, "▁▁▁")]
    [InlineData(new double[] { 1, double.NaN, 2 }, 3, "▁×█")]
    [InlineData(new double[0], 5, "")]
    public void A_curve_becomes_one_line(double[] values, int width, string line) => Sparkline.Of(values, width).ShouldBe(line);

    [Theory]
    [InlineData(0, "········")]
    [InlineData(0.5, "████····")]
    [InlineData(7, "████████")]
    [InlineData(double.NaN, "········")]
    public void A_share_becomes_a_bar(double share, string bar) => Sparkline.Bar(share, 8).ShouldBe(bar);
}
