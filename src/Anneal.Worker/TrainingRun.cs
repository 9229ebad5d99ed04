using Anneal.Engine.Checks;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;
using Anneal.Runs;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Worker;

/// <summary>One run, from its order to its last checkpoint. Killed at any moment, a second call goes on bit for bit.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly RunDirectory run;
    private readonly RunOrder order;
    private readonly Checkpoints checkpoints;
    private readonly Interruption interruption;
    private readonly StepRecorder recorder;
    private readonly StatusFile status;
    private readonly Controls controls;
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
            if (outcome == ControlOutcome.Stop) return End(RunState.Stopped, "stopped by command", ExitCode.Interrupted);
            if (outcome == ControlOutcome.Rewound) monitor = Recall();
            if (interruption.Reason is { } reason) return End(RunState.Interrupted, reason, ExitCode.Interrupted);
            if (controls.Skips((int)trainer.StepCount + 1))
            {
                trainer.Skip();
                continue;
            }
            var metrics = recorder.Record(trainer.Step);
            DemandCost();
            if (Watch(metrics) is { } stop) return End(RunState.Failed, stop.Message, ExitCode.Failed);
            SaveIfDue();
            status.Beat(RunState.Running, metrics.Loss);
        }
        return End(RunState.Done, null, ExitCode.Done);
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
        foreach (var incident in monitor.Observe(metrics))
        {
            incident.AppendTo(run.IncidentsPath);
            if (incident.Action == IncidentAction.Stop) stop = incident;
        }
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
        checkpoints.Prune(order.KeepCheckpoints, order.Recipe.Eval.Every);
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
        var watch = new Monitor(new MonitorOptions { Steps = (int)trainer.Steps, Policy = order.Policy, Reference = order.Reference });
        foreach (var metrics in MetricsReader.ReadAll(run.MetricsPath)) watch.Observe(metrics);
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
