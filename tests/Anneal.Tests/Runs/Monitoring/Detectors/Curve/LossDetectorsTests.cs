using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Curve;

public class LossDetectorsTests
{
    private const int Onset = 300;

    [Fact]
    public void Healthy_runs_of_any_tail_are_hardly_ever_warned_about_and_never_acted_on()
    {
        var (warnings, steps) = (0, 0);
        for (var seed = 0; seed < 12; seed++)
        {
            var heavy = Noise.StudentT(seed, 3).GetEnumerator();
            foreach (var incident in CurveWatch.Watch(seed, step => seed % 3 == 0 && heavy.MoveNext() ? step with { Loss = step.Loss + (0.1 * heavy.Current) } : step, noise: seed % 3 == 1 ? 0.01 : 0.1))
            {
                incident.Severity.ShouldBe(Severity.Warn, incident.Message);
                warnings++;
            }
            steps += CurveWatch.Steps;
        }
        ((double)warnings).ShouldBeLessThanOrEqualTo(0.5 * steps / 1000);
    }

    [Fact]
    public void A_jump_that_stays_warns_at_once_and_is_acted_on_when_no_text_is_that_hard()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var incidents = CurveWatch.Watch(seed, step => step.Step < Onset ? step : step with { Loss = step.Loss + 2 });
            incidents.First(incident => incident.Step >= Onset).Step.ShouldBeLessThanOrEqualTo(Onset + 1);
            var act = incidents.First(incident => incident.Severity == Severity.Act);
            act.Step.ShouldBeLessThanOrEqualTo(Onset + 25);
            act.Cause.ShouldBe(Cause.Data);
        }
    }

    [Theory]
    [InlineData("domain", 0.4)]
    [InlineData("spike", 3)]
    public void Harder_text_and_a_spike_that_comes_back_are_at_most_a_warning(string kind, double size)
    {
        for (var seed = 0; seed < 5; seed++)
            CurveWatch.Watch(seed, step => step.Step < Onset ? step : step with { Loss = step.Loss + (kind == "domain" ? size : size * Math.Exp((Onset - step.Step) / 6.0)) })
                .ShouldAllBe(incident => incident.Severity == Severity.Warn);
    }

    [Fact]
    public void Targets_in_sight_are_data()
    {
        var incidents = CurveWatch.Watch(1, step => step.Step < Onset ? step : step with { Loss = step.Loss * Math.Exp((Onset - step.Step) / 20.0) });
        incidents.ShouldContain(incident => incident.Severity == Severity.Act && incident.Cause == Cause.Data && incident.Step <= Onset + 40);
    }

    [Fact]
    public void A_log_that_repeats_its_last_loss_hides_something()
    {
        double last = 0;
        var incidents = CurveWatch.Watch(1, step =>
        {
            if (step.Step < Onset) last = step.Loss;
            return step with { Loss = last };
        });
        var act = incidents.First(incident => incident.Severity == Severity.Act);
        (act.Detector, act.Cause).ShouldBe(("repeated_loss", Cause.Numerics));
        act.Step.ShouldBeLessThanOrEqualTo(Onset + 4);
    }

    [Fact]
    public void A_loss_printed_with_two_digits_may_repeat() =>
        CurveWatch.Watch(1, step => step with { Loss = Math.Round(step.Loss, 2) }, noise: 0.01).ShouldNotContain(incident => incident.Detector == "repeated_loss");

    [Fact]
    public void A_NaN_that_nobody_guarded_is_acted_on_at_once()
    {
        var act = CurveWatch.Watch(1, step => step.Step < Onset ? step : step with { Loss = double.NaN }).First();
        (act.Step, act.Severity, act.Cause).ShouldBe((Onset, Severity.Act, Cause.Numerics));
    }

    [Fact]
    public void Gradients_summed_instead_of_averaged_are_the_optimizers()
    {
        var first = CurveWatch.Watch(1, step => step.Step < Onset ? step : step with { GradNorm = 4 * step.GradNorm }).First();
        first.Step.ShouldBeLessThanOrEqualTo(Onset + 3);
        first.Cause.ShouldBe(Cause.Optimizer);
    }

    [Fact]
    public void A_loss_that_turns_up_slowly_is_noticed_and_stopped_when_progress_is_lost()
    {
        var incidents = CurveWatch.Watch(1, step => step.Step < Onset ? step : step with { Loss = step.Loss + (0.01 * (step.Step - Onset)) });
        incidents.First(incident => incident.Step >= Onset).Step.ShouldBeLessThanOrEqualTo(Onset + 60);
        incidents.ShouldContain(incident => incident.Severity == Severity.Act && incident.Step <= Onset + 200);
    }

    [Fact]
    public void What_the_monitor_says_does_not_depend_on_the_unit_of_time() =>
        Said(step => step).ShouldBe(Said(step => step with { Time = 1000 * step.Time }));

    [Fact]
    public void Blooms_spike_is_raised_before_its_peak_and_is_never_called_fatal()
    {
        // BigScience, chronicles of tr11-176B-ml: iterations 31214 to 31222 as published. The quiet history and the return are made up.
        (double Loss, double Norm)[] rows = [(2.198845, 0.242), (2.220424, 0.947), (2.595213, 2.39), (2.241558, 15.886), (2.345279, 145.119), (5.098124, 960.351), (3.492029, 353.201), (3.213059, 379.33), (2.804948, 650.246)];
        var (monitor, incidents, step) = (new Monitor(new MonitorOptions()), new List<Incident>(), 30613);
        void Hear(double loss, double norm) => incidents.AddRange(monitor.Observe(new StepMetrics { Step = ++step, Loss = loss, GradNorm = norm, LearningRate = 5.279e-5 }));

        foreach (var (loss, norm) in Noise.Normal(1).Zip(Noise.Normal(2)).Take(600)) Hear(2.205 + (0.02 * loss), 0.2 + (0.02 * norm));
        incidents.ShouldBeEmpty();
        foreach (var (loss, norm) in rows) Hear(loss, norm);
        for (var i = 1; i <= 60; i++) Hear(2.21 + (0.6 * Math.Exp(-i / 6.0)), 0.25 + (650 * Math.Exp(-i / 2.0)));

        incidents.First().Step.ShouldBeLessThanOrEqualTo(31216);
        incidents.ShouldAllBe(incident => !incident.Fatal);
    }

    private static List<(int, string)> Said(Func<StepMetrics, StepMetrics> change) =>
        [.. CurveWatch.Watch(4, step => change(step.Step < Onset ? step : step with { Loss = step.Loss + 1 })).Select(incident => (incident.Step, incident.Detector))];
}
