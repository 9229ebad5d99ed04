using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

public class RepeatedBatchDetectorTests
{
    [Fact]
    public void The_same_batch_twice_is_a_warning_and_three_times_worth_acting_on()
    {
        var incidents = InsideWatch.Watch(Reading(s => s < 300 ? s : 300));

        incidents.Select(i => (i.Step, i.Severity, i.Detector)).ShouldBe([(301, Severity.Warn, "repeated_batch"), (302, Severity.Act, "repeated_batch")]);
        incidents[1].Cause.ShouldBe(Cause.Data);
        incidents[1].Symptom.Since.ShouldBe(301);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    public void A_cursor_that_goes_back_is_known_from_an_epoch(int lag)
    {
        var incidents = InsideWatch.Watch(Reading(s => s <= 300 ? s : 301 - lag + ((s - 301) % lag)));

        incidents.Select(i => (i.Step, i.Severity, i.Detector)).ShouldBe([(301, Severity.Warn, "data_rewind"), (308, Severity.Act, "data_rewind")]);
        incidents[0].Evidence["lag"].ShouldBe(lag);
    }

    [Fact]
    public void A_cursor_that_goes_back_to_the_very_beginning_is_known_at_its_second_turn() =>
        InsideWatch.First(Reading(s => s <= 300 ? s : (s - 1) % 100), "data_rewind").Step.ShouldBeInRange(401, 402);

    [Fact]
    public void Old_batches_are_forgotten_in_fixed_memory()
    {
        var run = Enumerable.Range(1, 60_000).Select(s => new StepMetrics { Step = s, Loss = 3, BatchHash = $"{s % 40_000:x16}" });

        InsideWatch.Watch(run).ShouldBeEmpty();
    }

    private static IEnumerable<StepMetrics> Reading(Func<int, int> batch) =>
        new HealthyRun(1) { Alter = (m, _) => m with { BatchHash = $"{batch(m.Step):x16}", RepeatFraction = null } }.Stream();
}
