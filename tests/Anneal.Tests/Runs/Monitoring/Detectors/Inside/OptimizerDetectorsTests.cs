using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

public class OptimizerDetectorsTests
{
    [Theory]
    [InlineData(100, 400, Severity.Act)]
    [InlineData(10, 400, Severity.Act)]
    [InlineData(3, 50, Severity.Warn)]
    [InlineData(0.4, 50, Severity.Warn)]
    public void An_update_that_leaps_while_the_gradient_does_not_is_the_optimizer_s(double factor, double stepsBack, Severity worst)
    {
        var run = new HealthyRun(1)
        {
            Alter = (m, _) => m.Step < 300 ? m : m with { UpdateNorm = m.UpdateNorm * Math.Exp(Math.Log(factor) * Math.Exp(-(m.Step - 300) / stepsBack)) },
        };
        var incidents = InsideWatch.Watch(run.Stream()).Where(i => i.Detector == "update_ratio").ToList();

        incidents[0].Step.ShouldBeInRange(300, 301);
        incidents[0].Cause.ShouldBe(Cause.Optimizer);
        incidents.Max(i => i.Severity).ShouldBe(worst);
    }

    [Fact]
    public void An_update_that_leaps_with_the_gradient_or_with_a_rate_logged_one_step_late_is_no_news()
    {
        InsideWatch.Watch(new HealthyRun(1) { Alter = (m, _) => m.Step % 100 != 50 ? m : m with { UpdateNorm = m.UpdateNorm * 4, GradNorm = m.GradNorm * 12, Clipped = true } }.Stream()).ShouldBeEmpty();
        InsideWatch.Watch(new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { UpdateNorm = m.UpdateNorm * 8, LearningRate = m.LearningRate * (m.Step > 300 ? 8 : 1) } }.Stream())
            .ShouldAllBe(i => i.Severity == Severity.Warn);
    }

    [Fact]
    public void No_update_at_a_rate_above_zero_is_a_standstill()
    {
        var incidents = InsideWatch.Watch(new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { UpdateNorm = 0, ParamNorm = null } }.Stream());

        incidents.Select(i => (i.Step, i.Severity, i.Detector)).ShouldBe([(300, Severity.Warn, "standstill"), (307, Severity.Act, "standstill")]);
    }

    [Fact]
    public void Parameters_that_do_not_move_though_they_are_updated_are_lost_in_rounding()
    {
        var incidents = InsideWatch.Watch(new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { ParamNorm = 41.5 } }.Stream());

        incidents.ShouldContain(i => i.Detector == "standstill" && i.Cause == Cause.Numerics && i.Severity == Severity.Act);
    }

    [Theory]
    [InlineData(0.003)]
    [InlineData(0.03)]
    public void Parameters_that_shrink_faster_than_ever_are_decaying_away(double pace)
    {
        var run = new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { ParamNorm = m.ParamNorm * Math.Pow(1 - pace, m.Step - 299), UpdateNorm = m.UpdateNorm + (pace * 40) } };
        var incidents = InsideWatch.Watch(run.Stream()).Where(i => i.Detector == "shrinking_weights").ToList();

        incidents.Select(i => i.Severity).ShouldBe([Severity.Warn, Severity.Act]);
        incidents[0].Step.ShouldBeLessThan(310);
    }

    [Theory]
    [InlineData(2.5, Cause.Model)]
    [InlineData(1.01, Cause.Numerics)]
    [InlineData(1e6, Cause.Numerics)]
    public void Parameters_that_moved_further_than_their_update_were_changed_from_outside(double factor, Cause cause)
    {
        var incident = InsideWatch.First(new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { ParamNorm = m.ParamNorm * factor } }.Stream(), "altered_weights");

        (incident.Step, incident.Cause).ShouldBe((300, cause));
    }

    [Fact]
    public void A_large_gradient_that_goes_through_unclipped_is_told_and_acted_on_when_it_goes_on()
    {
        var incidents = InsideWatch.Watch(new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { Clipped = false, GradNorm = m.GradNorm * 2.5 } }.Stream()).Where(i => i.Detector == "clip_bypass").ToList();

        incidents.Select(i => i.Severity).ShouldBe([Severity.Warn, Severity.Act]);
        incidents[1].Evidence["expected"].ShouldBe(1, 0.05);
    }

    [Fact]
    public void Adaptive_clipping_has_no_threshold_to_pass_by() =>
        InsideWatch.Watch(new HealthyRun(1) { Alter = (m, _) => m with { Clipped = m.GradNorm > 0.5 + (0.5 * Math.Sin(m.Step / 9.0)) } }.Stream()).ShouldNotContain(i => i.Severity == Severity.Act);

    [Fact]
    public void Clipping_every_gradient_where_few_were_is_a_warning()
    {
        var incidents = InsideWatch.Watch(new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { Clipped = true, GradNorm = m.GradNorm * 4 } }.Stream());

        incidents.ShouldContain(i => i.Detector == "clip_saturation" && i.Severity == Severity.Warn && i.Step < 340);
    }
}
