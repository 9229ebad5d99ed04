using Anneal.Runs.Monitoring;
using Anneal.Runs.Monitoring.Episodes;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Episodes;

public class EpisodeLogTests
{
    private readonly EpisodeLog log = new();
    private readonly Vitals vitals = new(new MonitorOptions());

    [Fact]
    public void Symptoms_close_together_are_one_incident_and_the_most_direct_names_it()
    {
        Tell(100, See("loss_rise", Cause.Data), See("lr_jump", Cause.Schedule, directness: 2)).ShouldHaveSingleItem().Detector.ShouldBe("lr_jump");
        Tell(104, See("grad_norm_rise", Cause.Optimizer)).ShouldBeEmpty();

        var act = Tell(110, See("divergence", Cause.Optimizer, Severity.Act)).ShouldHaveSingleItem();
        (act.Detector, act.Cause, act.Severity).ShouldBe(("lr_jump", Cause.Schedule, Severity.Act));
        act.Evidence["since"].ShouldBe(100);
        Tell(111, See("divergence", Cause.Optimizer, Severity.Act)).ShouldBeEmpty();

        Tell(200, See("loss_rise", Cause.Data)).ShouldHaveSingleItem().Severity.ShouldBe(Severity.Warn);
    }

    [Fact]
    public void A_cause_that_comes_to_light_later_is_told_again()
    {
        Tell(100, See("loss_rise", Cause.Data)).ShouldHaveSingleItem();
        Tell(101, See("non_finite", Cause.Numerics, directness: 2)).ShouldHaveSingleItem().Cause.ShouldBe(Cause.Numerics);
    }

    [Fact]
    public void The_machine_and_the_evaluation_are_stories_of_their_own() =>
        Tell(100, See("loss_rise", Cause.Data), See("hang", Cause.Infrastructure), See("held_out", Cause.Evaluation)).Count.ShouldBe(3);

    [Fact]
    public void What_is_fatal_is_told_once_more()
    {
        Tell(100, See("non_finite", Cause.Numerics, Severity.Act)).ShouldHaveSingleItem().Fatal.ShouldBeFalse();
        Tell(105, See("non_finite", Cause.Numerics, Severity.Act) with { Fatal = true }).ShouldHaveSingleItem().Fatal.ShouldBeTrue();
        Tell(106, See("non_finite", Cause.Numerics, Severity.Act) with { Fatal = true }).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_cannot_flood_its_reader_with_warnings_yet_acts_pass()
    {
        var told = new List<Incident>();
        for (var step = 40; step < 1000; step += 40) told.AddRange(Tell(step, See($"detector{step / 40 % 5}", Cause.Data)));
        told.Count.ShouldBeLessThanOrEqualTo(8);
        told.Count(incident => incident.Message.Contains("held back", StringComparison.Ordinal)).ShouldBe(1);
        Tell(1000, See("divergence", Cause.Optimizer, Severity.Act)).ShouldHaveSingleItem();
    }

    private static Symptom See(string detector, Cause cause, Severity severity = Severity.Warn, int directness = 0) =>
        new() { Detector = detector, Cause = cause, Severity = severity, Directness = directness, Message = $"{detector} speaks." };

    private IReadOnlyList<Incident> Tell(int step, params Symptom[] symptoms)
    {
        while (vitals.Seen < step) vitals.Take(new StepMetrics { Step = (int)vitals.Seen + 1, Loss = 3 });
        return log.Merge(vitals, symptoms);
    }
}
