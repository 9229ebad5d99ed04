using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Monitoring;

public class ScheduleTests
{
    private const int Steps = 600, Cut = 300;

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(0.125, true)]
    [InlineData(0.5, false)]
    [InlineData(3, true)]
    public void A_repair_that_scales_the_rate_is_no_incident_whether_the_trainer_prints_it_or_not(double scale, bool prints)
    {
        double Commanded(int step) => step is > Cut and <= Cut + 100 ? scale : 1;

        Told(Commanded, step => prints ? Commanded(step) : 1).ShouldBeEmpty();
        if (prints && scale < 1) Told(null, Commanded).ShouldContain("lr_fall");
    }

    [Fact]
    public void A_fault_of_the_schedule_is_seen_though_a_repair_scales_it()
    {
        Told(step => step > Cut ? 0.5 : 1, step => (step > Cut ? 0.5 : 1) * (step > Cut + 80 ? 8 : 1)).ShouldContain("lr_jump");
        // The repair puts back what was wrong: nothing is told of it, and the rate is seen to be right again.
        Told(_ => 1, step => step is > Cut and < Cut + 3 ? 8 : 1).ShouldAllBe(detector => detector == "lr_jump");
    }

    private static List<string> Told(Func<int, double>? commanded, Func<int, double> printed)
    {
        var monitor = new Monitor(new() { Steps = Steps, RateScale = commanded });
        List<string> told = [];
        foreach (var step in new SyntheticRun(5, Steps, 0.03).Stream())
        {
            var cosine = 3e-3 * Math.Min(1, step.Step / 30.0) * (0.55 + (0.45 * Math.Cos(Math.PI * step.Step / Steps)));
            told.AddRange(monitor.Observe(step with { LearningRate = cosine * printed(step.Step) }).Where(incident => incident.Cause == Cause.Schedule).Select(incident => incident.Detector));
        }
        return told;
    }
}
