using Anneal.Runs.Monitoring;
using Anneal.Runs.Monitoring.Detectors.Inside;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

public class MachineDetectorsTests
{
    [Theory]
    [InlineData(1.5, 305)]
    [InlineData(3, 305)]
    [InlineData(1.06, 360)]
    public void Slower_steps_are_told_once(double factor, int latest)
    {
        foreach (var hasDurations in new[] { true, false })
        {
            var time = 0.0;
            var run = new HealthyRun(1)
            {
                Alter = (m, _) =>
                {
                    var seconds = m.StepSeconds!.Value * (m.Step < 300 ? 1 : factor);
                    time += seconds;
                    return m with { Time = time, StepSeconds = hasDurations ? seconds : null, TokensPerSecond = hasDurations ? 4096 / seconds : null, Tokens = null };
                },
            };
            var incident = InsideWatch.Watch(run.Stream()).ShouldHaveSingleItem();
            (incident.Detector, incident.Severity, incident.Cause).ShouldBe(("straggler", Severity.Warn, Cause.Infrastructure));
            incident.Step.ShouldBeInRange(300, latest);
        }
    }

    [Fact]
    public void A_step_that_took_far_longer_than_any_pause_was_a_hang()
    {
        var incident = InsideWatch.First(Paused(300, 900, said: true), "hang");
        (incident.Step, incident.Severity).ShouldBe((300, Severity.Act));

        // Nobody says what the pause was: it may have been a resume.
        var run = Paused(300, 900, said: true).Select(m => new StepMetrics { Step = m.Step, Loss = m.Loss, Time = m.Time });
        InsideWatch.First(run, "hang").Severity.ShouldBe(Severity.Warn);
    }

    [Fact]
    public void A_silence_is_told_once_as_a_warning_and_once_as_an_act()
    {
        var (vitals, hang) = (new Vitals(new()), new HangDetector());
        hang.Idle(vitals, 600).ShouldBeNull();
        InsideWatch.Watch(new HealthyRun(1).Stream(), vitals, hang).ShouldBeEmpty();

        hang.Idle(vitals, 30).ShouldBeNull();
        hang.Idle(vitals, 70).ShouldNotBeNull().Severity.ShouldBe(Severity.Warn);
        hang.Idle(vitals, 80).ShouldBeNull();
        hang.Idle(vitals, 300).ShouldNotBeNull().Severity.ShouldBe(Severity.Act);
        hang.Idle(vitals, 3000).ShouldBeNull();

        InsideWatch.Watch([new() { Step = 601, Loss = 2.5, Time = 1e5 }], vitals, hang);
        hang.Idle(vitals, 1e5).ShouldNotBeNull();
    }

    [Fact]
    public void The_monitor_hears_silences_and_restarts()
    {
        var monitor = new Monitor(new());
        foreach (var metrics in new HealthyRun(1, 50).Stream()) monitor.Observe(metrics);

        monitor.Idle(1000).ShouldHaveSingleItem().Cause.ShouldBe(Cause.Infrastructure);
        monitor.Restarted(1).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_that_comes_back_to_the_same_place_three_times_is_in_a_loop()
    {
        var run = new HealthyRun(1).Stream().ToList();
        List<StepMetrics> looping = [.. run[..320], .. run[300..320], .. run[300..320], .. run[300..320]];
        var incidents = InsideWatch.Watch(looping);

        incidents.Select(i => (i.Step, i.Severity, i.Detector)).ShouldBe([(320, Severity.Warn, "crash_loop"), (320, Severity.Act, "crash_loop")]);
        InsideWatch.Watch([.. looping[..360], .. run[320..]]).ShouldAllBe(i => i.Severity == Severity.Warn);
    }

    [Fact]
    public void A_process_that_ends_three_times_without_progress_is_in_a_loop()
    {
        var (vitals, loop) = (new Vitals(new()), new CrashLoopDetector());
        InsideWatch.Watch(new HealthyRun(1, 50).Stream(), vitals, loop).ShouldBeEmpty();

        loop.Restarted(vitals, 1).ShouldBeNull();
        loop.Restarted(vitals, 1).ShouldNotBeNull().Severity.ShouldBe(Severity.Warn);
        var act = loop.Restarted(vitals, 137).ShouldNotBeNull();
        act.Severity.ShouldBe(Severity.Act);
        act.Message.ShouldContain("exit code 137");

        InsideWatch.Watch([new() { Step = 51, Loss = 3 }], vitals, loop).ShouldBeEmpty();
        loop.Restarted(vitals, 1).ShouldBeNull();
    }

    private static IEnumerable<StepMetrics> Paused(int step, double seconds, bool said) =>
        new HealthyRun(1) { Alter = (m, _) => m with { Time = m.Time + (m.Step < step ? 0 : seconds), StepSeconds = said && m.Step == step ? seconds : m.StepSeconds } }.Stream();
}
