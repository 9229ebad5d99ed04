using Anneal.Engine.Checks;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;
using Anneal.Runs;
using Anneal.Runs.Interventions;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Worker;

/// <summary>One run, from its order to its last checkpoint. Killed at any moment, a second call goes on bit for bit.</summary>
internal sealed class TrainingRun : IDisposable
{
    // The newest may be from after the trouble began.
    private const int LeastKeptToGoBack = 4;

    private readonly RunDirectory run;
    private readonly RunOrder order;
    private readonly Checkpoints checkpoints;
    private readonly Interruption interruption;
    private readonly StepRecorder recorder;
    private readonly StatusFile status;
    private readonly Controls controls;
    private readonly Steward? steward;
    private Shard shard;
    private Trainer trainer;
    private Monitor monitor;

    private TrainingRun(RunDirectory run, RunOrder order)
    {
        (this.run, this.order) = (run, order);
        interruption = new(order.Lease);
        checkpoints = new(run.CheckpointsPath);
        checkpoints.Recover();
        (shard, trainer) = Build();
        var since = Resume();
        steward = order.Policy == MonitorPolicy.Act ? new(run, new() { Steps = (int)trainer.Steps, Capabilities = TrainerControls.Capabilities, InProcess = true }) : null;
        monitor = Recall();
        recorder = new(run, trainer, order.BlockStatisticsEvery, since);
        status = new(run, trainer, checkpoints);
        controls = new(run, order, trainer, checkpoints, recorder, status);
    }

    /// <summary>Trains the run of a directory; returns the exit code.</summary>
    public static int Train(string directory)
    {
        var folder = new RunDirectory(directory);
        var orders = RunOrder.Load(folder.OrderPath);
        if (RecipeRules.Check(orders.Recipe) is { Count: > 0 } problems) throw new InputException([.. problems.Select(p => new InputError(folder.OrderPath, 0, 0, p.ToString()))]);
        using var claim = folder.Claim();
        if (RunStatus.Load(folder.StatusPath)?.State == RunState.Done) return ExitCode.Done;
        if (Incident.ReadAll(folder.IncidentsPath).Any(i => i.Action == IncidentAction.Stop)) return ExitCode.Failed;
        using var training = new TrainingRun(folder, orders);
        try
        {
            return training.ToEnd();
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException or InputException))
        {
            return training.Fail(e);
        }
    }

    public void Dispose()
    {
        status.Dispose();
        recorder.Dispose();
        trainer.Dispose();
        shard.Dispose();
        interruption.Dispose();
    }

    private int ToEnd()
    {
        while (trainer.StepCount < trainer.Steps)
        {
            var outcome = controls.Apply(interruption);
            if (outcome == ControlOutcome.Rewound) monitor = Recall();
            // An earlier process may have died between two commands of a repair.
            if (outcome != ControlOutcome.Stop) outcome = Repair();
            if (outcome == ControlOutcome.Stop) return End(RunState.Stopped, "stopped by command", ExitCode.Interrupted);
            if (interruption.Reason is { } reason) return End(RunState.Interrupted, reason, ExitCode.Interrupted);
            if (controls.Skips((int)trainer.StepCount + 1))
            {
                trainer.Skip();
                continue;
            }
            var metrics = recorder.Record(trainer.Step);
            DemandCost();
            if (Watch(metrics) is { } stop) return End(RunState.Failed, stop.Message, ExitCode.Failed);
            // Before the state is saved, so that no checkpoint falls between a decision and what was done.
            outcome = Repair();
            if (outcome == ControlOutcome.Stop) return End(RunState.Stopped, "stopped by command", ExitCode.Interrupted);
            if (steward is { Demand: StewardDemand.Stop, Why: { } why }) return GiveUp(why);
            if (outcome == ControlOutcome.GoOn) SaveIfDue();
            status.Beat(RunState.Running, metrics.Loss);
        }
        steward?.Close();
        return End(RunState.Done, null, ExitCode.Done);
    }

    // What the steward asked for is done at once, command by command.
    private ControlOutcome Repair()
    {
        var outcome = ControlOutcome.GoOn;
        while (steward is { Waits: true })
        {
            var one = controls.Apply(interruption, now: true);
            if (one == ControlOutcome.Stop) return one;
            foreach (var incident in steward.Hear()) incident.AppendTo(run.IncidentsPath);
            if (one == ControlOutcome.Rewound) (outcome, monitor) = (one, Recall());
        }
        return outcome;
    }

    private int GiveUp(string why)
    {
        steward?.Obeyed();
        return End(RunState.Failed, why, ExitCode.Failed);
    }

    // A run's length follows from what a step cost when it was checked.
    private void DemandCost()
    {
        if (order.Code?.FlopsPerStep is { } charged && trainer.FlopsPerStep > charged * (1 + 1e-9))
            throw new InvalidOperationException($"step {trainer.StepCount} executed {trainer.FlopsPerStep:G6} FLOPs, {charged:G6} were counted when the code was checked: it must do the same work at every step.");
    }

    private Incident? Watch(StepMetrics metrics)
    {
        Incident? stop = null;
        var seen = monitor.Observe(metrics);
        foreach (var incident in steward?.Take(metrics, seen) ?? seen)
        {
            incident.AppendTo(run.IncidentsPath);
            if (incident.Action == IncidentAction.Stop) stop = incident;
        }
        if (stop is not null) steward?.Obeyed();
        return stop;
    }

    private void SaveIfDue()
    {
        var step = (int)trainer.StepCount;
        var every = order.Recipe.Eval.Every;
        var due = (order.CheckpointEvery > 0 && step % order.CheckpointEvery == 0) || (every > 0 && step % every == 0);
        if (due && step < trainer.Steps) Save();
    }

    private void Save()
    {
        recorder.Flush();
        trainer.Save(checkpoints.PathOf((int)trainer.StepCount));
        checkpoints.Prune(steward is null ? order.KeepCheckpoints : Math.Max(order.KeepCheckpoints, LeastKeptToGoBack), order.Recipe.Eval.Every);
    }

    private int End(RunState state, string? message, int exitCode)
    {
        // A run that the monitor stopped keeps its last good state.
        if (state != RunState.Failed && (trainer.StepCount > 0 || state == RunState.Done)) Save();
        recorder.Flush();
        status.Write(state, message);
        return exitCode;
    }

    private int Fail(Exception error)
    {
        Console.Error.WriteLine(error);
        recorder.Flush();
        new Incident
        {
            Step = (int)trainer.StepCount,
            Severity = Severity.Act,
            Action = IncidentAction.Stop,
            Detector = "worker",
            Cause = order.Code is null ? Cause.Infrastructure : Cause.Model,
            Message = $"The trainer failed after step {trainer.StepCount}: {error.GetType().Name}: {error.Message}{CodeCheck.Place(error)}",
        }.AppendTo(run.IncidentsPath);
        status.Write(RunState.Failed, error.Message);
        return ExitCode.Failed;
    }

    // Goes back to the newest state that can be read, and to what was said up to it; returns the run's seconds so far.
    private double Resume()
    {
        foreach (var step in checkpoints.Steps().Reverse())
        {
            try
            {
                trainer.Restore(checkpoints.PathOf(step));
                break;
            }
            catch (InvalidDataException e)
            {
                Console.Error.WriteLine($"{checkpoints.PathOf(step)}: not usable, going back further: {e.Message}");
                checkpoints.Remove(step);
                // Some of it may have been read before the damage showed.
                trainer.Dispose();
                shard.Dispose();
                (shard, trainer) = Build();
            }
        }
        run.TakeBackAfter((int)trainer.StepCount);
        return MetricsReader.ReadAll(run.MetricsPath) is [.., var last] ? last.Time ?? 0 : 0;
    }

    // A watch that has seen the steps done so far: the same steps give it the same memory.
    private Monitor Recall()
    {
        var watch = new Monitor(new MonitorOptions
        {
            Steps = (int)trainer.Steps,
            Policy = order.Policy,
            Reference = order.Reference,
            Capabilities = TrainerControls.Capabilities,
            Tries = steward is null ? null : steward.TriesOf,
            RateScale = steward is null ? null : steward.RateScaleAt,
        });
        var steps = MetricsReader.ReadAll(run.MetricsPath);
        foreach (var metrics in steps) watch.Observe(metrics);
        steward?.Recall(steps);
        return watch;
    }

    private (Shard Shard, Trainer Trainer) Build()
    {
        var (opened, stream) = TrainingData.Open(order);
        try
        {
            return (opened, new(RunLength.ToOptions(order.Recipe, order.Vocab, StepBudget.Of(order, checkpoints), order.Threads), stream, ProposedParts.Load(order.Recipe.Code, order.Code)));
        }
        catch (ArgumentException e)
        {
            throw new InputException(run.OrderPath, e.Message);
        }
    }
}
