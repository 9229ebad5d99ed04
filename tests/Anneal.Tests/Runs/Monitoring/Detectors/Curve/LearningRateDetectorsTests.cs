using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Curve;

public class LearningRateDetectorsTests
{
    private const int Onset = 300;

    /// <summary>Schedules as multiples of the peak rate, by step; healthy ones.</summary>
    private static readonly Dictionary<string, Func<int, double>> healthy = new()
    {
        ["cosine"] = step => CurveWatch.Cosine(step),
        ["constant_after_warmup"] = step => Math.Min(1, step / 50.0),
        ["linear_to_zero"] = step => Math.Min(step / 40.0, (CurveWatch.Steps - step) / (CurveWatch.Steps - 40.0)),
        ["wsd"] = step => Math.Min(Math.Min(1, step / 40.0), (CurveWatch.Steps - step) / 160.0),
        ["one_minus_root"] = step => step < 40 ? step / 40.0 : step < 640 ? 1 : 1 - Math.Sqrt((step - 640) / 160.0),
        ["cosine_restart"] = step => step < 40 ? step / 40.0 : 0.1 + (0.45 * (1 + Math.Cos(Math.PI * ((step - 40) % 380) / 380.0))),
        ["step_decay"] = step => Math.Min(1, step / 40.0) * (step < 400 ? 1 : step < 600 ? 0.1 : 0.01),
        ["three_digits"] = step => Math.Round(CurveWatch.Cosine(step), 2),
        ["inverse_root"] = step => Math.Min(step / 40.0, Math.Sqrt(40.0 / step)),
    };

    public static TheoryData<string> HealthyNames { get; } = [.. healthy.Keys];

    [Theory]
    [MemberData(nameof(HealthyNames))]
    public void Healthy_schedules_are_silent(string name)
    {
        for (var seed = 0; seed < 3; seed++)
            CurveWatch.Watch(seed, step => step with { LearningRate = 3e-3 * healthy[name](step.Step) })
                .Where(incident => incident.Cause == Cause.Schedule).Select(incident => incident.Message).ShouldBeEmpty();
    }

    [Fact]
    public void A_batch_that_grows_explains_a_rate_that_grows_by_its_root()
    {
        var tokens = 0L;
        CurveWatch.Watch(1, step => step with { Tokens = tokens += step.Step < Onset ? 1000 : 4000, LearningRate = 3e-3 * (step.Step < 40 ? step.Step / 40.0 : step.Step < Onset ? 1 : 2) })
            .ShouldNotContain(incident => incident.Cause == Cause.Schedule);
    }

    [Theory]
    [InlineData("spike", "lr_jump", Severity.Act, 0)]
    [InlineData("doubled", "lr_jump", Severity.Warn, 0)]
    [InlineData("zero", "lr_zero", Severity.Act, 3)]
    [InlineData("reset", "lr_fall", Severity.Warn, 0)]
    [InlineData("too_small", "lr_fall", Severity.Act, 26)]
    [InlineData("runaway", "lr_runaway", Severity.Act, 60)]
    [InlineData("stuck", "lr_stuck", Severity.Warn, 12)]
    public void A_rate_off_its_schedule_is_noticed_at_once_and_named(string fault, string detector, Severity severity, int within)
    {
        var runaway = 1.0;
        double Rate(int step) => CurveWatch.Cosine(step) * (step < Onset ? 1 : fault switch
        {
            "spike" => step < Onset + 20 ? 10 : 1,
            "doubled" => 2,
            "zero" => 0,
            "reset" => Math.Min(1, (step - Onset + 2) / 40.0),
            "too_small" => 0.05,
            "runaway" => runaway *= 1.01,
            "stuck" => CurveWatch.Cosine(Onset) / CurveWatch.Cosine(step),
            _ => 1,
        });

        var incidents = CurveWatch.Watch(2, step => step with { LearningRate = 3e-3 * Rate(step.Step) });

        var first = incidents.First(incident => incident.Step >= Onset);
        (first.Detector, first.Cause).ShouldBe((detector, Cause.Schedule));
        first.Step.ShouldBeLessThanOrEqualTo(Onset + 12);
        incidents.First(incident => incident.Step >= Onset && incident.Severity >= severity).Step.ShouldBeLessThanOrEqualTo(Onset + within + (severity == Severity.Warn ? 1 : 0));
        if (severity == Severity.Warn) incidents.ShouldNotContain(incident => incident.Severity == Severity.Act);
    }

    [Fact]
    public void A_run_that_starts_at_its_peak_is_told_that_it_has_no_warmup() =>
        CurveWatch.Watch(1, step => step with { LearningRate = 3e-3 }).ShouldContain(incident => incident.Detector == "no_warmup");

    [Fact]
    public void A_resume_from_an_earlier_step_that_continues_its_schedule_is_silent()
    {
        var steps = CurveWatch.Stream(1).ToList();
        var monitor = new Anneal.Runs.Monitoring.Monitor(new());
        steps.Take(400).Concat(steps.Skip(350)).SelectMany(monitor.Observe).Where(incident => incident.Detector != "hang").Select(incident => incident.Message).ShouldBeEmpty();
    }
}
