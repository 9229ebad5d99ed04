using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

public class MemoryLeakDetectorTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(10, 5)]
    public void Steady_growth_beyond_all_that_was_is_a_leak(int every, double mbAStep)
    {
        var incident = InsideWatch.First(Leaking(every, mbAStep), "memory_leak");

        incident.Severity.ShouldBe(Severity.Warn);
        incident.Cause.ShouldBe(Cause.Infrastructure);
        incident.Step.ShouldBeInRange(300, 400);
        incident.Evidence["mb_a_step"].ShouldBe(mbAStep, 0.5 * mbAStep);
    }

    [Fact]
    public void A_leak_that_fills_the_machine_within_the_run_is_worth_acting_on()
    {
        var options = new MonitorOptions { Steps = 600, MemoryMb = 900 };

        InsideWatch.Watch(Leaking(10, 1), options).ShouldContain(i => i.Detector == "memory_leak" && i.Severity == Severity.Act);
    }

    [Fact]
    public void Buffers_at_once_and_a_saw_tooth_are_no_leak()
    {
        foreach (var every in new[] { 1, 10 })
        {
            InsideWatch.Watch(With(every, s => s < 300 ? 850 : 1300)).ShouldBeEmpty();
            InsideWatch.Watch(With(every, s => 850 + (4 * (s % 70)))).ShouldBeEmpty();
        }
    }

    private static IEnumerable<StepMetrics> Leaking(int every, double mbAStep) =>
        new HealthyRun(1) { Alter = (m, _) => m with { RssMb = m.Step % every == 0 ? m.RssMb + Math.Max(0, m.Step - 300) * mbAStep : null } }.Stream();

    private static IEnumerable<StepMetrics> With(int every, Func<int, double> mb) =>
        new HealthyRun(1) { Alter = (m, _) => m with { RssMb = m.Step % every == 0 ? mb(m.Step) + (m.RssMb - 850) / 100 : null } }.Stream();
}
