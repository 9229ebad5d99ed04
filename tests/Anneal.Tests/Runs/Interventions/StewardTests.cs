using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Interventions;

public sealed class StewardTests : IDisposable
{
    private const int Broken = 220, Steps = 600;

    private readonly RunDirectory run = new(Directory.CreateTempSubdirectory("anneal-steward-").FullName);
    private readonly FakeClock clock = new();
    private readonly List<Incident> told = [];

    public void Dispose() => Directory.Delete(run.Root, true);

    [Fact]
    public void A_run_goes_back_leaves_out_what_broke_it_and_is_kept()
    {
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = t => t.Rewinds == 0 && t.Step >= Broken ? 6 : 3 };

        var steward = Train(trainer, Divergence);

        trainer.Did.ShouldBe([ControlVerb.LoadCheckpoint, ControlVerb.SkipSteps, ControlVerb.SetLrScale]);
        States().ShouldBe("proposed requested applied probation kept");
        var kept = Lines()[^1];
        (kept.Before["step"], kept.Branch, kept.Try, kept.Source).ShouldBe((Broken + 3, 1, 1, "policy"));
        (kept.After["skip_start"], kept.After["skip_stop"]).ShouldBe((Broken, Broken + 4));
        kept.Expected!.Value.ShouldBe(3, 0.01);
        steward.Current.ShouldBeNull();
        steward.Demand.ShouldBe(StewardDemand.None);
        told.ShouldHaveSingleItem().Action.ShouldBe(IncidentAction.Rewind);
    }

    [Fact]
    public void Only_a_state_from_before_the_trouble_is_good()
    {
        // Found late: the newest state is one of the trouble.
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = t => t.Rewinds == 0 && t.Step >= Broken ? 6 : 3 };

        Train(trainer, t => t is { Step: Broken + 70, Rewinds: 0 } ? [Seen(t.Step, since: Broken)] : []);

        Lines().First(line => line.State == InterventionState.Applied).After["step"].ShouldBe(200);
        trainer.Saved.ShouldContain(250);
    }

    [Fact]
    public void A_cause_has_three_tries_each_with_a_smaller_rate_and_then_the_run_is_stopped()
    {
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = t => t.Step >= Broken ? 6 : 3 };

        var steward = Train(trainer, t => t.Step >= Broken && t.Step < Broken + 20 ? [Seen(t.Step, Broken)] : []);

        steward.Demand.ShouldBe(StewardDemand.Stop);
        Lines().Where(line => line.State == InterventionState.Applied).Select(line => (line.Action, line.Try, line.After.GetValueOrDefault("lr_scale"))).ShouldBe(
            [(IncidentAction.Rewind, 1, 1), (IncidentAction.Rewind, 2, 0.5), (IncidentAction.Rewind, 3, 0.25)]);
        Lines().Count(line => line.State == InterventionState.Failed).ShouldBe(3);
        Lines()[^1].Action.ShouldBe(IncidentAction.Stop);
        told[^1].Action.ShouldBe(IncidentAction.Stop);
        steward.Obeyed();
        Lines()[^1].State.ShouldBe(InterventionState.Applied);
    }

    [Fact]
    public void Each_try_leaves_out_more_text_than_the_one_before()
    {
        // Forty batches in a row break whoever reads them.
        bool IsBad(FakeTrainer t) => t.Step is >= Broken and < Broken + 40;
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = t => IsBad(t) ? double.NaN : 3 };

        var steward = Train(trainer, t => IsBad(t) ? [Seen(t.Step, t.Step) with { Detector = "non_finite", Cause = Cause.Numerics, Fatal = true }] : []);

        steward.Demand.ShouldBe(StewardDemand.None);
        Lines()[^1].State.ShouldBe(InterventionState.Kept);
        Lines().Where(line => line.State == InterventionState.Applied).Select(line => line.After["skip_stop"]).ShouldBe([Broken + 1, Broken + 33, Broken + 97]);
    }

    [Theory]
    [InlineData(1, "proposed requested applied probation kept")]
    [InlineData(2, "proposed requested applied probation failed proposed requested applied probation kept")]
    public void A_loader_is_free_again_when_the_batches_differ_not_when_the_loss_is_low(int rewinds, string states)
    {
        // Learning one batch by heart, the loss falls.
        var trainer = new FakeTrainer(run, Manners.Good)
        {
            Loss = t => t.Step >= Broken && t.Rewinds < rewinds ? 2 : 3,
            Batch = t => t.Step >= Broken - 60 * t.Rewinds && t.Rewinds < rewinds ? "stuck" : $"{t.Step:x8}",
        };

        var steward = Train(trainer, t => t is { Step: Broken + 3, Rewinds: 0 } ? [Seen(t.Step, Broken) with { Detector = "repeated_batch", Cause = Cause.Data }] : []);

        States().ShouldBe(states);
        steward.Demand.ShouldBe(StewardDemand.None);
        if (rewinds == 1) return;
        var failed = Lines().Single(line => line.State == InterventionState.Failed);
        (failed.Reason, failed.Step - (int)failed.After["step"]).ShouldBe(("the batch is still the same in each step", 4));
    }

    [Fact]
    public void What_did_not_help_is_put_back()
    {
        // Tightening the clip makes it worse; half the rate helps.
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = t => t.Step < Broken ? 3 : t.Scale < 1 ? 3 : 5, Capabilities = ["save_checkpoint", "set_lr_scale", "set_clip"] };

        Train(trainer, t => t.Step == Broken ? [Seen(t.Step, Broken) with { Detector = "gradient_explosion" }] : []);

        trainer.Did.ShouldBe([ControlVerb.SaveCheckpoint, ControlVerb.SetClip, ControlVerb.SetClip, ControlVerb.SaveCheckpoint, ControlVerb.SetLrScale]);
        States().ShouldBe("proposed requested applied probation reverted proposed requested applied probation kept");
        var reverted = Lines().Single(line => line.State == InterventionState.Reverted);
        (reverted.Before["clip"], reverted.After["clip"]).ShouldBe((1, 1));
        reverted.Reason!.ShouldContain("3.00 was expected");
        (trainer.Clip, trainer.Scale).ShouldBe((1, 0.5));
    }

    [Theory]
    [InlineData(Manners.Twice)]
    [InlineData(Manners.Garbage)]
    public void Answers_given_twice_and_lines_that_are_none_change_nothing(Manners manners)
    {
        var trainer = new FakeTrainer(run, manners) { Loss = t => t.Rewinds == 0 && t.Step >= Broken ? 6 : 3 };

        Train(trainer, Divergence);

        trainer.Did.ShouldBe([ControlVerb.LoadCheckpoint, ControlVerb.SkipSteps, ControlVerb.SetLrScale]);
        States().ShouldBe("proposed requested applied probation kept");
    }

    [Theory]
    [InlineData(Manners.Deaf)]
    [InlineData(Manners.HalfALine)]
    [InlineData(Manners.AcceptsAndForgets)]
    public void A_trainer_that_does_not_answer_is_told_of_and_asked_no_more(Manners manners)
    {
        var trainer = new FakeTrainer(run, manners) { Loss = t => t.Step >= Broken ? 6 : 3 };

        var steward = Train(trainer, t => t.Step % 30 == 0 && t.Step > Broken ? [Seen(t.Step, Broken)] : []);

        States().ShouldBe("proposed requested ignored");
        Directory.GetFiles(run.ControlPath).Length.ShouldBe(1);
        var deaf = told.Single(i => i.Detector == "intervention");
        deaf.Message.ShouldContain("did not answer load_checkpoint");
        told.Skip(1).ShouldAllBe(i => i.Action == IncidentAction.None);
        steward.Waits.ShouldBeFalse();
        // The command had an end to its life: a trainer that wakes up later does not do it.
        File.ReadAllText(Directory.GetFiles(run.ControlPath)[0]).ShouldContain("expires_at");
        // Nor does the next process ask it.
        new Steward(run, Options).Take(trainer.Next(), [Seen(trainer.Step, trainer.Step)]).ShouldHaveSingleItem().Action.ShouldBe(IncidentAction.None);
    }

    [Fact]
    public void A_slow_trainer_has_ten_of_its_steps_to_answer()
    {
        var trainer = new FakeTrainer(run, Manners.Deaf) { Loss = _ => 3 };

        Train(trainer, t => t.Step == Broken ? [Seen(t.Step, Broken)] : [], until: Broken + 6, secondsAStep: 60);

        States().ShouldBe("proposed requested");
    }

    [Fact]
    public void What_is_refused_counts_as_a_try_and_the_next_rung_follows()
    {
        var trainer = new FakeTrainer(run, Manners.Refuses) { Loss = t => t.Step >= Broken ? 6 : 3 };

        var steward = Train(trainer, t => t.Step == Broken ? [Seen(t.Step, Broken)] : []);

        States().ShouldBe("proposed requested rejected proposed requested rejected proposed requested rejected requested");
        Lines().First(line => line.State == InterventionState.Rejected).Reason.ShouldBe("not now");
        steward.Demand.ShouldBe(StewardDemand.Stop);
    }

    [Fact]
    public void A_steward_that_dies_goes_on_where_it_was_and_asks_nothing_twice()
    {
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = t => t.Rewinds == 0 && t.Step >= Broken ? 6 : 3 };
        var first = new Steward(run, Options);
        StepMetrics step;
        do
        {
            step = trainer.Next();
            trainer.Poll();
            told.AddRange(first.Take(step, [.. Divergence(trainer)]));
        } while (!first.Waits);
        trainer.Poll();

        // It is gone before it read the answer; another begins, twice.
        new Steward(run, Options).Waits.ShouldBeTrue();
        Train(trainer, Divergence);

        trainer.Did.ShouldBe([ControlVerb.LoadCheckpoint, ControlVerb.SkipSteps, ControlVerb.SetLrScale]);
        States().ShouldBe("proposed requested applied probation kept");
    }

    [Theory]
    [InlineData(Cause.Optimizer, 0.5)]
    [InlineData(Cause.Schedule, 1)]
    public void What_a_repair_makes_of_the_rate_is_known_step_by_step_also_to_the_next_process(Cause cause, double scale)
    {
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = t => t.Step < Broken || t.Scale < 1 ? 3 : 5, Capabilities = ["save_checkpoint", "set_lr_scale"] };

        var steward = Train(trainer, t => t.Step == Broken ? [Seen(t.Step, Broken) with { Cause = cause, Detector = "gradient_explosion" }] : []);

        trainer.Scale.ShouldBe(0.5);
        foreach (var one in new[] { steward, new Steward(run, Options) })
            (one.RateScaleAt(Broken), one.RateScaleAt(Broken + 1), one.RateScaleAt(Steps)).ShouldBe((1, scale, scale));
    }

    [Fact]
    public void A_rate_that_was_put_back_is_known_to_be_what_it_was()
    {
        // It does not help: half the rate is put back, and tried again.
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = t => t.Step < Broken ? 3 : 5, Capabilities = ["save_checkpoint", "set_lr_scale"] };

        var steward = Train(trainer, t => t.Step == Broken ? [Seen(t.Step, Broken) with { Detector = "gradient_explosion" }] : [], until: Broken + 35);

        var back = Lines().First(line => line.State == InterventionState.Reverted).Step;
        (steward.RateScaleAt(back), steward.RateScaleAt(back + 1), trainer.Scale).ShouldBe((0.5, 0.5, 0.5));
        steward.RateScaleAt(Broken).ShouldBe(1);
    }

    [Fact]
    public void An_unmodified_command_is_only_ever_stopped_or_restarted()
    {
        var steward = new Steward(run, Options);
        var lost = Seen(10, 10) with { Cause = Cause.Numerics, Action = IncidentAction.Stop, Fatal = true };

        steward.Take(new() { Step = 9, Loss = 3 }, [Seen(9, 9) with { Cause = Cause.Infrastructure, Action = IncidentAction.Restart, Detector = "hang" }]).ShouldHaveSingleItem().Action.ShouldBe(IncidentAction.Restart);
        steward.Demand.ShouldBe(StewardDemand.Restart);
        steward.Obeyed();
        steward.Take(new() { Step = 10, Loss = 3 }, [lost]);

        steward.Demand.ShouldBe(StewardDemand.Stop);
        steward.Why.ShouldBe("it broke");
        Directory.Exists(run.ControlPath).ShouldBeFalse();
    }

    [Fact]
    public void A_model_is_heard_only_where_nothing_was_done()
    {
        var trainer = new FakeTrainer(run, Manners.Good) { Loss = _ => 3 };
        trainer.Next();
        trainer.Poll();
        var steward = new Steward(run, Options);
        var incident = steward.Take(new() { Step = 1, Loss = 3 }, [Seen(1, 1) with { Cause = Cause.Evaluation }]).ShouldHaveSingleItem();
        incident.Action.ShouldBe(IncidentAction.None);

        var outcome = steward.Advise(new(Cause.Optimizer, 0.9, IncidentAction.ScaleLr, 0.5, "the rate is too high"), incident, "a model");

        outcome.Words.ShouldBe("taken: scale_lr 0.5");
        (Lines()[0].Source, Lines()[0].Incident.Cause).ShouldBe(("a model", Cause.Optimizer));
        steward.Advise(new(Cause.Optimizer, 0.9, IncidentAction.ScaleLr, 0.5, "again"), incident, "a model").Words.ShouldStartWith("noted: it came while");
    }

    private StewardOptions Options => new() { Steps = Steps, Clock = clock };

    private static IEnumerable<Incident> Divergence(FakeTrainer t) => t is { Step: Broken + 3, Rewinds: 0 } ? [Seen(t.Step, Broken)] : [];

    private static Incident Seen(int step, int since) => new()
    {
        Step = step,
        Severity = Severity.Act,
        Action = IncidentAction.Rewind,
        Detector = "divergence",
        Cause = Cause.Optimizer,
        Message = "it broke",
        Evidence = new Dictionary<string, double> { ["since"] = since },
    };

    private Steward Train(FakeTrainer trainer, Func<FakeTrainer, IEnumerable<Incident>> incidents, int until = Steps, double secondsAStep = 1)
    {
        var steward = new Steward(run, Options);
        for (var i = 0; i < 3 * Steps && trainer.Step < until && steward.Demand != StewardDemand.Stop; i++)
        {
            var step = trainer.Next();
            told.AddRange(steward.Take(step, [.. incidents(trainer)]));
            clock.Advance(secondsAStep);
            // Twice between two steps: once before it answers.
            told.AddRange(steward.Hear());
            trainer.Poll();
            told.AddRange(steward.Hear());
            trainer.Poll();
            told.AddRange(steward.Hear());
            trainer.Poll();
            told.AddRange(steward.Hear());
        }
        return steward;
    }

    private IReadOnlyList<Intervention> Lines() => Intervention.ReadAll(run.InterventionsPath);

    private string States() => string.Join(' ', Lines().Select(line => Advice.Snake(line.State)));
}
