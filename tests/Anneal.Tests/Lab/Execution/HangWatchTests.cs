using Anneal.Lab.Execution;

namespace Anneal.Tests.Lab.Execution;

public class HangWatchTests
{
    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void A_fast_run_is_hung_after_the_floor()
    {
        var watch = new HangWatch(Seconds(30));
        for (var i = 1; i <= 10; i++) watch.Heard(Seconds(i * 0.1));
        watch.IsHung(Seconds(30.9)).ShouldBeFalse();
        watch.IsHung(Seconds(31.1)).ShouldBeTrue();
    }

    [Fact]
    public void A_slow_run_is_given_twenty_of_its_longest_pauses()
    {
        var watch = new HangWatch(Seconds(30));
        watch.Heard(Seconds(5));
        watch.Heard(Seconds(15));
        watch.Heard(Seconds(18));
        watch.Limit.ShouldBe(Seconds(200));
        watch.IsHung(Seconds(217)).ShouldBeFalse();
        watch.IsHung(Seconds(219)).ShouldBeTrue();
    }
}
