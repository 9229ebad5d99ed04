using Anneal.Runs.Monitoring;
using Anneal.Runs.Monitoring.Detectors.Inside;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

public class HeldOutDetectorTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(1.5)]
    public void A_held_out_loss_that_falls_below_what_training_justifies_is_contaminated(double fall)
    {
        var incident = InsideWatch.First(Shifted(s => -fall * Math.Min(1, (s - 300) / 100.0)), "contamination");

        incident.Cause.ShouldBe(Cause.Evaluation);
        incident.Step.ShouldBeInRange(350, 450);
    }

    [Fact]
    public void A_held_out_loss_on_lines_of_its_own_counts_as_well()
    {
        var vitals = new Vitals(new MonitorOptions());
        IDetector[] detectors = [new HeldOutDetector(new BlockReadings())];
        var seen = new List<Seen>();
        foreach (var metrics in Shifted(s => -0.8 * Math.Min(1, (s - 300) / 100.0)))
        {
            vitals.Take(metrics with { Extra = new Dictionary<string, double>() });
            seen.AddRange(InsideWatch.Look(vitals, detectors));
            if (!metrics.Extra.TryGetValue("val/loss", out var held)) continue;
            vitals.TakeMeasurement(new() { Step = metrics.Step, Loss = double.NaN, Extra = new Dictionary<string, double> { ["val/loss"] = held } });
            seen.AddRange(InsideWatch.Look(vitals, detectors));
        }

        seen[0].Detector.ShouldBe("contamination");
    }

    [Fact]
    public void A_held_out_loss_that_soars_while_training_plunges_is_a_leak_and_worth_acting_on()
    {
        var run = new HealthyRun(1)
        {
            Alter = (m, e) => m.Step < 300 ? m : Held(m with { Loss = m.Loss * Math.Exp(-(m.Step - 300) / 60.0) }, e, (m.Step - 300) / 40.0),
        };
        var incident = InsideWatch.Watch(run.Stream()).First(i => i.Severity == Severity.Act);

        (incident.Detector, incident.Cause).ShouldBe(("held_out_parted", Cause.Data));
        incident.Step.ShouldBeLessThanOrEqualTo(450);
    }

    [Fact]
    public void Samples_that_collapse_twice_in_a_row_are_told_and_then_acted_on()
    {
        foreach (var (name, value) in new[] { ("sample/distinct_2", 0.05), ("sample/eos_rate", 0.95) })
        {
            var run = new HealthyRun(1) { EvaluateEvery = 25, Alter = (m, e) => m.Step < 300 || !e.ContainsKey(name) ? m : Held(m, e, 0, name, value) };
            var incidents = InsideWatch.Watch(run.Stream());

            incidents.Select(i => (i.Step, i.Severity, i.Detector)).ShouldBe([(325, Severity.Warn, "output_collapse"), (350, Severity.Act, "output_collapse")]);
        }
    }

    private static IEnumerable<StepMetrics> Shifted(Func<int, double> more) => new HealthyRun(1) { Alter = (m, e) => m.Step < 300 ? m : Held(m, e, more(m.Step)) }.Stream();

    private static StepMetrics Held(StepMetrics m, Dictionary<string, double> extra, double more, string? name = null, double value = 0)
    {
        foreach (var key in extra.Keys.Where(k => k.StartsWith("val/", StringComparison.Ordinal)).ToList()) extra[key] += more;
        if (name is not null) extra[name] = value;
        return m;
    }
}
