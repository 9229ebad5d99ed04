using Anneal.Runs.Interventions;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Interventions;

public class ActionPolicyTests
{
    private const int Steps = 900, Broken = 400;

    [Theory]
    [InlineData(MonitorPolicy.Observe, IncidentAction.None)]
    [InlineData(MonitorPolicy.Stop, IncidentAction.Stop)]
    [InlineData(MonitorPolicy.Act, IncidentAction.Rewind)]
    public void What_follows_depends_on_the_policy(MonitorPolicy policy, IncidentAction action) =>
        Watch(new() { Steps = Steps, Policy = policy }, _ => 3, s => s == Broken ? [Symptom()] : []).First().Action.ShouldBe(action);

    [Theory]
    [InlineData(MonitorPolicy.Stop)]
    [InlineData(MonitorPolicy.Act)]
    public void A_warning_is_never_acted_upon(MonitorPolicy policy) =>
        Watch(new() { Steps = Steps, Policy = policy }, s => s > Broken ? 3.4 : 3, s => s == Broken ? [Symptom() with { Severity = Severity.Warn }] : []).ShouldHaveSingleItem().Action.ShouldBe(IncidentAction.None);

    [Fact]
    public void A_loss_that_stays_far_above_is_given_up_after_a_patience()
    {
        var incidents = Watch(Act, s => s >= Broken ? 5 : 3, s => s == Broken ? [Symptom()] : []);

        incidents.Select(i => i.Action).ShouldBe([IncidentAction.Rewind, IncidentAction.Stop]);
        (incidents[1].Detector, incidents[1].Cause).ShouldBe(("unrecovered", Cause.Optimizer));
        incidents[1].Step.ShouldBeInRange(Broken + 20, Broken + 60);
        incidents[1].Message.ShouldContain("above its level before (3.00)");
    }

    [Fact]
    public void After_a_warning_it_takes_twice_the_patience_and_the_loss_alone_counts()
    {
        Symptom warning = Symptom() with { Severity = Severity.Warn };
        var risen = Watch(Act, s => s >= Broken ? 5 : 3, s => s == Broken ? [warning] : []);
        var level = Watch(Act, _ => 3, s => s >= Broken ? [warning] : []);

        risen.Select(i => i.Action).ShouldBe([IncidentAction.None, IncidentAction.Stop]);
        risen[1].Step.ShouldBeInRange(Broken + 40, Broken + 80);
        level.ShouldHaveSingleItem();
        // The act that follows a warning measures from before the warning.
        Watch(Act, s => s >= Broken ? 5 : 3, s => s == Broken ? [warning] : s == Broken + 30 ? [Symptom()] : [])[^1].Message.ShouldContain("(3.00)");
    }

    [Fact]
    public void Patience_scales_with_the_run_and_has_a_default()
    {
        int Stop(int steps) => Watch(Act with { Steps = steps }, s => s >= 100 ? 5 : 3, s => s == 100 ? [Symptom()] : [])[^1].Step;

        Stop(300).ShouldBeLessThan(Stop(1200));
        Stop(0).ShouldBeInRange(110, 130);
    }

    [Theory]
    [InlineData(3, 6)] // BLOOM's spike: back within 30 steps
    [InlineData(1, 12)]
    public void A_run_that_comes_back_is_never_stopped(double height, double halfLife)
    {
        double Loss(int s) => 3 + (s < Broken ? 0 : height * Math.Pow(0.5, (s - Broken) / halfLife));

        Watch(Act, Loss, s => s == Broken ? [Symptom()] : []).ShouldAllBe(i => i.Action != IncidentAction.Stop);
    }

    [Fact]
    public void Harder_text_is_never_stopped_for_a_warning() =>
        Watch(Act, s => s < Broken ? 3 : 3.4, s => s == Broken ? [Symptom() with { Severity = Severity.Warn }] : []).ShouldHaveSingleItem().Action.ShouldBe(IncidentAction.None);

    [Fact]
    public void A_lost_state_that_nobody_brings_back_is_stopped_soon()
    {
        var incidents = Watch(Act, s => s >= Broken ? double.NaN : 3, s => s >= Broken ? [Symptom() with { Cause = Cause.Numerics, Fatal = true }] : []);

        incidents[0].Action.ShouldBe(IncidentAction.Rewind);
        incidents[1].Action.ShouldBe(IncidentAction.Stop);
        incidents[1].Step.ShouldBeInRange(Broken + 5, Broken + 15);
    }

    [Fact]
    public void A_programme_that_stays_broken_is_stopped_though_the_loss_looks_well()
    {
        var incidents = Watch(Act, s => 3, s => s >= Broken ? [Symptom() with { Cause = Cause.Data }] : []);

        incidents.Select(i => i.Action).ShouldBe([IncidentAction.Skip, IncidentAction.Stop]);
        incidents[1].Message.ShouldContain("has lasted for");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.04, false)]
    [InlineData(0.1, true)]
    public void A_part_of_the_model_that_does_nothing_ends_a_run_only_while_the_loss_is_hurt(double harm, bool stops)
    {
        var incidents = Watch(Act, s => s >= Broken ? 3 + harm : 3, s => s >= Broken ? [Symptom() with { Detector = "dead_units", Cause = Cause.Model }] : []);

        incidents.Exists(i => i.Action == IncidentAction.Stop).ShouldBe(stops);
        incidents[0].Action.ShouldBe(IncidentAction.Rewind);
    }

    [Fact]
    public void Dead_units_that_are_told_again_and_again_without_harm_are_left_alone_after_one_try()
    {
        Symptom[] Seen(int step) => step >= Broken && step % 100 == 0 ? [Symptom() with { Detector = "dead_units", Cause = Cause.Model }] : [];

        Watch(Act, _ => 3, Seen).Select(i => i.Action).ShouldBe([IncidentAction.Rewind, .. Enumerable.Repeat(IncidentAction.None, 5)]);
    }

    [Fact]
    public void Somebody_who_goes_back_gets_a_fresh_start()
    {
        var policy = new ActionPolicy(Act);
        var vitals = new Vitals(Act);
        List<Incident> told = [];
        foreach (var (step, loss) in Enumerable.Range(1, Broken + 20).Select(s => (s, s >= Broken ? 6.0 : 3.0)).Concat(Enumerable.Range(Broken - 50, 300).Select(s => (s, 3.0))))
        {
            vitals.Take(new() { Step = step, Loss = loss });
            var first = told.Count == 0 && step == Broken;
            told.AddRange(policy.Decide(vitals, [], first ? [Told(step, Symptom())] : []));
        }
        told.ShouldHaveSingleItem().Action.ShouldBe(IncidentAction.Rewind);
    }

    [Fact]
    public void The_fourth_trouble_of_one_cause_is_the_last()
    {
        // Each time it recovers, and comes again.
        var incidents = Watch(Act with { Steps = 3000 }, s => s % 500 is >= 400 and < 410 ? 5 : 3, s => s % 500 == 400 ? [Symptom()] : []);

        incidents.Take(4).Select(i => i.Action).ShouldBe([IncidentAction.Rewind, IncidentAction.Rewind, IncidentAction.Rewind, IncidentAction.Stop]);
        Watch(Act with { Steps = 3000, Tries = _ => 0 }, s => s % 500 is >= 400 and < 410 ? 5 : 3, s => s % 500 == 400 ? [Symptom()] : []).ShouldAllBe(i => i.Action == IncidentAction.Rewind);
    }

    [Fact]
    public void Without_capabilities_nothing_is_done_until_the_run_is_doomed()
    {
        var incidents = Watch(Act with { Capabilities = [] }, s => s >= Broken ? 6 : 3, s => s == Broken ? [Symptom()] : []);

        incidents.Select(i => i.Action).ShouldBe([IncidentAction.None, IncidentAction.Stop]);
    }

    private static MonitorOptions Act { get; } = new() { Steps = Steps, Policy = MonitorPolicy.Act };

    private static Symptom Symptom() => new() { Detector = "divergence", Severity = Severity.Act, Cause = Cause.Optimizer, Message = "it broke" };

    private static Incident Told(int step, Symptom symptom) => new()
    {
        Step = step,
        Severity = symptom.Severity,
        Detector = symptom.Detector,
        Cause = symptom.Cause,
        Fatal = symptom.Fatal,
        Message = symptom.Message,
        Evidence = new Dictionary<string, double> { ["since"] = step },
    };

    // Told once, at its first step.
    private static List<Incident> Watch(MonitorOptions options, Func<int, double> loss, Func<int, Symptom[]> symptoms)
    {
        var policy = new ActionPolicy(options);
        var vitals = new Vitals(options);
        var random = new Random(1);
        var (told, quiet) = (new List<Incident>(), true);
        for (var step = 1; step <= Math.Max(options.Steps, 600); step++)
        {
            vitals.Take(new() { Step = step, Loss = loss(step) + 0.05 * (random.NextDouble() - 0.5) });
            var seen = symptoms(step);
            told.AddRange(policy.Decide(vitals, seen, quiet ? [.. seen.Select(symptom => Told(step, symptom))] : []));
            quiet = seen.Length == 0;
        }
        return told;
    }
}
