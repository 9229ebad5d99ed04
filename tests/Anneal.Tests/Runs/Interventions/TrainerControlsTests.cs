using Anneal.Engine.Training;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;
using Anneal.Tests.Worker;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Interventions;

public sealed class TrainerControlsTests : IDisposable
{
    private const int Steps = 300, Poisoned = 150;

    private readonly TinyLab lab = new();

    public void Dispose() => lab.Dispose();

    [Fact]
    public void Poisoned_weights_are_brought_back_from_the_last_good_state_and_the_run_ends_as_it_would_have()
    {
        var plain = Train("plain", _ => { });
        var repaired = Train("poisoned", trainer => trainer.Model.Values.Span[5] = float.NaN);

        repaired.Lines.Select(line => line.State).ShouldBe([InterventionState.Proposed, InterventionState.Requested, InterventionState.Applied, InterventionState.Probation, InterventionState.Kept]);
        var kept = repaired.Lines[^1];
        (kept.Action, kept.Incident.Cause, kept.After["step"]).ShouldBe((IncidentAction.Rewind, Cause.Numerics, 140));
        repaired.Loss.ShouldBe(plain.Loss, 0.1);
        Train("lost", trainer => trainer.Model.Values.Span[5] = float.NaN, MonitorPolicy.Observe).Loss.ShouldBe(double.NaN);
    }

    [Fact]
    public void A_state_with_numbers_that_are_not_finite_is_not_gone_back_to()
    {
        var (run, trainer, checkpoints) = Open("a");
        using (trainer)
        {
            trainer.Step();
            trainer.Model.Values.Span[0] = float.PositiveInfinity;
            trainer.Save(checkpoints.PathOf(1));
            Checkpoint.IsFinite(checkpoints.PathOf(1)).ShouldBeFalse();

            var answer = new TrainerControls(trainer, checkpoints, run).Apply(Command(ControlVerb.LoadCheckpoint, ("step", 1)));

            (answer.Status, answer.Reason).ShouldBe((AcknowledgementStatus.Rejected, "the checkpoint of step 1 holds numbers that are not finite"));
        }
    }

    [Fact]
    public void Text_that_was_left_out_stays_out_when_the_run_goes_back()
    {
        var (run, trainer, checkpoints) = Open("a");
        using (trainer)
        {
            for (var i = 0; i < 5; i++) trainer.Step();
            trainer.Save(checkpoints.PathOf(5));
            var controls = new TrainerControls(trainer, checkpoints, run);
            controls.Apply(Command(ControlVerb.SkipSteps, ("start", 8), ("stop", 10))).Status.ShouldBe(AcknowledgementStatus.Applied);
            for (var i = 0; i < 5; i++) trainer.Step();

            controls.Apply(Command(ControlVerb.LoadCheckpoint, ("step", 5))).Status.ShouldBe(AcknowledgementStatus.Applied);

            Enumerable.Range(6, 6).Where(controls.Skips).ShouldBe([8, 9]);
        }
    }

    private static ControlCommand Command(ControlVerb verb, params (string Name, double Value)[] args) => new() { Uuid = Guid.NewGuid(), Command = verb, Args = args.ToDictionary(a => a.Name, a => a.Value) };

    private (RunDirectory Run, Trainer Trainer, Checkpoints Checkpoints) Open(string name)
    {
        var order = lab.Order(TinyLab.Recipe.With([$"budget.tokens={128 * Steps}"]));
        var run = lab.Run(name, order);
        return (run, new Trainer(RunLength.ToOptions(order.Recipe, order.Vocab, Steps, 1), TrainingData.Open(order).Stream), new Checkpoints(run.CheckpointsPath));
    }

    // The loop of whoever holds a trainer, in short.
    private (IReadOnlyList<Intervention> Lines, double Loss) Train(string name, Action<Trainer> poison, MonitorPolicy policy = MonitorPolicy.Act)
    {
        var (run, trainer, checkpoints) = Open(name);
        using var disposed = trainer;
        var steward = new Steward(run, new() { Steps = Steps, Capabilities = TrainerControls.Capabilities, InProcess = true });
        var controls = new TrainerControls(trainer, checkpoints, run);
        var inbox = new ControlInbox(run);
        List<StepMetrics> heard = [];
        var monitor = Watch();
        var harmed = false;
        while (trainer.StepCount < Steps)
        {
            if (controls.Skips((int)trainer.StepCount + 1))
            {
                trainer.Skip();
                continue;
            }
            heard.Add(StepMetrics.Of(trainer.Step()));
            var incidents = monitor.Observe(heard[^1]);
            if (policy == MonitorPolicy.Act) steward.Take(heard[^1], incidents).ShouldNotContain(i => i.Action == IncidentAction.Stop);
            while (steward.Waits)
            {
                foreach (var command in inbox.Poll((int)trainer.StepCount, now: true)) inbox.Answer(controls.Apply(command));
                steward.Hear();
            }
            if (trainer.StepCount < heard[^1].Step)
            {
                heard.RemoveAll(step => step.Step > trainer.StepCount);
                monitor = Watch();
            }
            if (trainer.StepCount % 20 == 0) trainer.Save(checkpoints.PathOf((int)trainer.StepCount));
            if (trainer.StepCount == Poisoned && !harmed)
            {
                poison(trainer);
                harmed = true;
            }
        }
        steward.Close();
        return (Intervention.ReadAll(run.InterventionsPath), heard.TakeLast(30).Average(step => step.Loss));

        Monitor Watch()
        {
            var watch = new Monitor(new() { Steps = Steps, Policy = policy, Capabilities = TrainerControls.Capabilities, Tries = steward.TriesOf });
            foreach (var step in heard) watch.Observe(step);
            steward.Recall(heard);
            return watch;
        }
    }
}
