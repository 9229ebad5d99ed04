using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

public class DataDetectorsTests
{
    [Theory]
    [InlineData(0.6)]
    [InlineData(1.2)]
    [InlineData(-0.7)]
    public void Entropy_that_leaves_its_range_is_data(double shift)
    {
        var random = new Random(3);
        var incident = InsideWatch.First(
            new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { TokenEntropy = m.TokenEntropy + (shift * (0.5 + random.NextDouble())) } }.Stream(), "token_entropy");

        (incident.Cause, incident.Severity).ShouldBe((Cause.Data, Severity.Warn));
        incident.Step.ShouldBeInRange(301, 303);
    }

    [Fact]
    public void Garbage_that_the_model_cannot_predict_is_worth_acting_on()
    {
        var run = new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { TokenEntropy = m.TokenEntropy + 1, Loss = m.Loss + 1 } };

        InsideWatch.Watch(run.Stream()).ShouldContain(i => i.Detector == "token_entropy" && i.Severity == Severity.Act && i.Step < 310);
    }

    [Theory]
    [InlineData(-0.12)]
    [InlineData(0.25)]
    public void A_small_shift_of_entropy_adds_up_within_tens_of_steps(double shift)
    {
        var seen = InsideWatch.First(new HealthyRun(1) { Alter = (m, _) => m.Step < 300 ? m : m with { TokenEntropy = m.TokenEntropy + shift } }.Stream(), "text_drift");

        (seen.Severity, seen.Cause).ShouldBe((Severity.Warn, Cause.Data));
        seen.Step.ShouldBeInRange(301, 340);
    }

    [Theory]
    [InlineData(0.25, Severity.Act)]
    [InlineData(0.12, Severity.Warn)]
    public void A_share_of_repeated_text_that_leaps_is_data(double share, Severity worst)
    {
        var incidents = InsideWatch.Watch(new HealthyRun(1) { Alter = (m, _) => m with { RepeatFraction = m.Step < 300 ? 0.01 : share } }.Stream());

        incidents[0].Detector.ShouldBe("repeat_fraction");
        incidents[0].Step.ShouldBe(301);
        incidents.Max(i => i.Severity).ShouldBe(worst);
    }
}
