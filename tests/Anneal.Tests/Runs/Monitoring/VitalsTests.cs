using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring;

public class VitalsTests
{
    [Fact]
    public void A_step_that_goes_back_is_told_from_a_line_that_came_twice()
    {
        var vitals = new Vitals(new MonitorOptions());
        foreach (var (step, loss, back, repeat) in new[] { (10, 3.0, false, false), (20, 2.9, false, false), (20, 2.9, false, true), (20, 2.8, true, false), (10, 3.0, true, false), (20, 2.9, false, false) })
        {
            vitals.Take(new StepMetrics { Step = step, Loss = loss });
            (vitals.WentBack, vitals.IsRepeat).ShouldBe((back, repeat), $"step {step}, loss {loss}");
        }
        vitals.Interval.ShouldBe(10);
        vitals.Seen.ShouldBe(5);
    }

    [Fact]
    public void The_band_holds_nearly_all_healthy_steps()
    {
        var vitals = new Vitals(new MonitorOptions());
        var (outside, told) = (0, 0);
        foreach (var step in new SyntheticRun(3, 3000, 0.05).Stream())
        {
            vitals.Take(step);
            if (vitals.Band is not { } band || step.Step < 100) continue;
            told++;
            if (step.Loss < band.Low || step.Loss > band.High) outside++;
            band.Low.ShouldBeLessThan(band.Expected);
            band.High.ShouldBeGreaterThan(band.Expected);
        }
        told.ShouldBeGreaterThan(2800);
        outside.ShouldBeLessThan(20);
    }

    [Fact]
    public void Step_times_come_from_the_clock_where_the_trainer_does_not_say_them()
    {
        var vitals = new Vitals(new MonitorOptions());
        for (var step = 1; step <= 40; step++) vitals.Take(new StepMetrics { Step = 10 * step, Loss = 3, Time = 20.0 * step });
        Math.Exp(vitals.StepTime.Value).ShouldBe(2, 1e-9);
    }
}
