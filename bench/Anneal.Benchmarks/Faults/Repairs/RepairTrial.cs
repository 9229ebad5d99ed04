using Anneal.Benchmarks.Durability;
using Anneal.Benchmarks.Faults.Injection;
using Anneal.Runs.Interventions;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Benchmarks.Faults.Repairs;

/// <summary>
/// A run that is watched by the shipped monitor under <see cref="MonitorPolicy.Act"/> and really repaired: checkpoints on disk,
/// commands through the protocol, answers, probation. The worker's loop, around a run that something is done to.
/// </summary>
internal sealed class RepairTrial : IDisposable
{
    // Bad text ends somewhere.
    private const int TextSpan = 60, Kept = 6;

    private readonly TemporaryFolder folder = new();
    private readonly RunDirectory directory;
    private readonly Checkpoints checkpoints;
    private readonly InjectedRun run;
    private readonly bool healed;
    private readonly TrainerControls controls;
    private readonly ControlInbox inbox;
    private readonly Steward steward;
    private readonly List<Incident> incidents = [];
    private Monitor monitor;

    private RepairTrial(CleanRun clean, Fault? fault, int at)
    {
        directory = new(folder.Directory);
        checkpoints = new(directory.CheckpointsPath);
        Directory.CreateDirectory(directory.CheckpointsPath);
        healed = fault?.Recurrence == Recurrence.Passing;
        run = clean.Fork(fault?.Injection, at, fault is null ? int.MaxValue : SpanOf(fault));
        WriteCheckpoints(clean, at - 1);
        controls = new(run.Trainer, checkpoints, directory);
        inbox = new(directory);
        steward = new(directory, new() { Steps = (int)run.Trainer.Steps, Capabilities = TrainerControls.Capabilities, InProcess = true });
        monitor = Recall();
    }

    /// <summary>Whether an order to the trainer can reach a fault at all: the programme's own settings it cannot.</summary>
    public static bool IsWithinReach(Fault fault) => fault.Injection is { Options: null, Loss: null } && fault.Causes[0] is not (Cause.Infrastructure or Cause.Evaluation);

    /// <summary>Steps that a fault lasts by itself.</summary>
    public static int SpanOf(Fault fault) => fault.Recurrence == Recurrence.InText ? TextSpan : int.MaxValue;

    /// <summary>Trains a run from its injection to its end, or to where it is given up.</summary>
    /// <param name="clean">Its clean twin.</param>
    /// <param name="fault">What goes wrong; null for nothing.</param>
    /// <param name="at">First step (from 1) at which it does.</param>
    public static RepairOutcome Train(CleanRun clean, Fault? fault, int at)
    {
        using var trial = new RepairTrial(clean, fault, at);
        return trial.ToEnd();
    }

    public void Dispose()
    {
        run.Dispose();
        folder.Dispose();
    }

    private RepairOutcome ToEnd()
    {
        while (!run.Done)
        {
            if (controls.Skips((int)run.Trainer.StepCount + 1))
            {
                run.Skip();
                continue;
            }
            var metrics = run.Step();
            incidents.AddRange(steward.Take(metrics, monitor.Observe(metrics)));
            var repaired = Repair();
            if (steward.Demand == StewardDemand.Stop) return Outcome(stopped: true);
            if (!repaired && run.Trainer.StepCount % CleanRun.CheckpointEvery == 0) Save();
        }
        steward.Close();
        return Outcome(stopped: false);
    }

    // What the steward asked for is done at once, command by command.
    private bool Repair()
    {
        var (worked, rewound) = (false, false);
        while (steward.Waits)
        {
            foreach (var command in inbox.Poll((int)run.Trainer.StepCount, now: true))
            {
                var answer = controls.Apply(command);
                inbox.Answer(answer);
                if (answer is not { Command: ControlVerb.LoadCheckpoint, Status: AcknowledgementStatus.Applied }) continue;
                run.Rewound(healed);
                rewound = true;
            }
            incidents.AddRange(steward.Hear());
            worked = true;
        }
        if (rewound) monitor = Recall();
        return worked;
    }

    private Monitor Recall()
    {
        var watch = new Monitor(new MonitorOptions { Steps = (int)run.Trainer.Steps, Policy = MonitorPolicy.Act, Capabilities = TrainerControls.Capabilities, Tries = steward.TriesOf, RateScale = steward.RateScaleAt });
        foreach (var line in run.Recording.Lines) watch.Observe(line);
        steward.Recall(run.Recording.Lines);
        return watch;
    }

    private void Save()
    {
        run.Trainer.Save(checkpoints.PathOf((int)run.Trainer.StepCount));
        checkpoints.Prune(Kept, 0);
    }

    // The states that the clean run would have saved before.
    private void WriteCheckpoints(CleanRun clean, int until)
    {
        if (until <= 0) return;
        var last = until / CleanRun.CheckpointEvery * CleanRun.CheckpointEvery;
        for (var step = Math.Max(CleanRun.CheckpointEvery, last - 2 * CleanRun.CheckpointEvery); step <= last; step += CleanRun.CheckpointEvery)
        {
            clean.Restore(run.Trainer, step);
            run.Trainer.Save(checkpoints.PathOf(step));
        }
        clean.Restore(run.Trainer, until);
    }

    private RepairOutcome Outcome(bool stopped) => new(
        stopped,
        [.. Intervention.ReadAll(directory.InterventionsPath).GroupBy(line => line.Id).Select(group => group.Last())],
        incidents,
        (int)run.Trainer.StepCount,
        run.FinalLoss());
}
