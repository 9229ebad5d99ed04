using Anneal.Engine.Training;

namespace Anneal.Tests.Engine.Training;

public class ScheduleTests
{
    [Theory]
    [InlineData(ScheduleKind.Cosine, 0, 0.1)]
    [InlineData(ScheduleKind.Cosine, 9, 1.0)]
    [InlineData(ScheduleKind.Cosine, 54, 0.6)]
    [InlineData(ScheduleKind.Cosine, 99, 0.2)]
    [InlineData(ScheduleKind.Linear, 4, 0.5)]
    [InlineData(ScheduleKind.Linear, 54, 0.6)]
    [InlineData(ScheduleKind.Linear, 99, 0.2)]
    [InlineData(ScheduleKind.Wsd, 10, 1.0)]
    [InlineData(ScheduleKind.Wsd, 59, 1.0)]
    [InlineData(ScheduleKind.Wsd, 79, 0.6)]
    [InlineData(ScheduleKind.Wsd, 99, 0.2)]
    [InlineData(ScheduleKind.Constant, 0, 0.1)]
    [InlineData(ScheduleKind.Constant, 99, 1.0)]
    public void A_hundred_steps(ScheduleKind kind, long step, double expected) =>
        Schedule.At(new() { Kind = kind, Warmup = 0.1, Decay = 0.4, Floor = 0.2 }, step, 100).ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData(ScheduleKind.Cosine)]
    [InlineData(ScheduleKind.Linear)]
    [InlineData(ScheduleKind.Wsd)]
    [InlineData(ScheduleKind.Constant)]
    public void Every_length_and_every_edge_stays_between_zero_and_peak(ScheduleKind kind)
    {
        foreach (var steps in new long[] { 1, 2, 3, 7, 50 })
        {
            foreach (var warmup in new[] { 0, 0.02, 0.5, 1 })
            {
                foreach (var decay in new[] { 0, 0.3, 1 })
                {
                    var config = new ScheduleConfig { Kind = kind, Warmup = warmup, Decay = decay, Floor = 0.1 };
                    var rates = Enumerable.Range(0, (int)steps).Select(step => Schedule.At(config, step, steps)).ToList();
                    rates.ShouldAllBe(rate => rate > 0 && rate <= 1);
                    if (kind is ScheduleKind.Cosine or ScheduleKind.Linear && Math.Round(warmup * steps) < steps) rates[^1].ShouldBe(0.1, 1e-12);
                }
            }
        }
    }

    [Fact]
    public void Impossible_fractions_are_named()
    {
        ScheduleRules.Check(new()).ShouldBeEmpty();
        ScheduleRules.Check(new() { Warmup = 1.5 }).Single().Key.ShouldBe("warmup");
        ScheduleRules.Check(new() { Kind = ScheduleKind.Wsd, Warmup = 0.7, Decay = 0.4 }).Single().Message.ShouldContain("longer than the run");
        ScheduleRules.Check(new() { Floor = double.NaN }).Single().Key.ShouldBe("floor");
    }
}
