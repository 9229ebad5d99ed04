using Anneal.Data;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Protocol;

namespace Anneal.Worker;

/// <summary>What the run does after its commands.</summary>
internal enum ControlOutcome
{
    /// <summary>Trains on.</summary>
    GoOn,

    /// <summary>Trains on from an earlier state.</summary>
    Rewound,

    /// <summary>Ends.</summary>
    Stop,
}

/// <summary>
/// Applies commands to the trainer between steps, within bounds. What was applied after the checkpoint that a run resumed
/// from is applied again at the same step, so that a killed run ends like an undisturbed one.
/// </summary>
internal sealed class Controls
{
    private const double LargestScale = 10, LargestClip = 1e6, MostSkipped = 10_000;

    private readonly RunDirectory run;
    private readonly RunOrder order;
    private readonly Trainer trainer;
    private readonly Checkpoints checkpoints;
    private readonly StepRecorder recorder;
    private readonly StatusFile status;
    private readonly ControlInbox inbox;
    private readonly Queue<Acknowledgement> again;
    private readonly List<(int Start, int Stop)> skips = [];

    public Controls(RunDirectory run, RunOrder order, Trainer trainer, Checkpoints checkpoints, StepRecorder recorder, StatusFile status)
    {
        (this.run, this.order, this.trainer, this.checkpoints, this.recorder, this.status) = (run, order, trainer, checkpoints, recorder, status);
        inbox = new(run);
        var applied = Acknowledgement.ReadAll(run.AcknowledgementsPath).Where(a => a.Status == AcknowledgementStatus.Applied).ToList();
        // Before the last rewind lies another branch.
        applied.RemoveRange(0, applied.FindLastIndex(a => a.Command == ControlVerb.LoadCheckpoint) + 1);
        foreach (var ack in applied.Where(a => a.Command == ControlVerb.SkipSteps)) skips.Add(((int)ack.Args["start"], (int)ack.Args["stop"]));
        again = new(applied.Where(a => a.Step >= trainer.StepCount && a.Command is ControlVerb.SetLrScale or ControlVerb.SetClip));
    }

    /// <summary>Whether a step's batch is only read.</summary>
    public bool Skips(int step) => skips.Exists(s => step >= s.Start && step < s.Stop);

    /// <summary>Applies what is due; while paused, waits here.</summary>
    public ControlOutcome Apply(Interruption interruption)
    {
        while (again.TryPeek(out var ack) && ack.Step <= trainer.StepCount) Set(again.Dequeue());
        var (paused, rewound) = (false, false);
        do
        {
            foreach (var command in inbox.Poll((int)trainer.StepCount, now: paused))
            {
                if (command.Command is ControlVerb.Pause or ControlVerb.Resume)
                {
                    paused = command.Command == ControlVerb.Pause;
                    Applied(command, new() { ["paused"] = paused ? 0 : 1 }, new() { ["paused"] = paused ? 1 : 0 });
                }
                else
                {
                    var outcome = Apply(command);
                    if (outcome == ControlOutcome.Stop) return outcome;
                    rewound |= outcome == ControlOutcome.Rewound;
                }
            }
            if (!paused) break;
            recorder.Flush();
            status.Beat(RunState.Paused, null);
            Thread.Sleep(20);
        } while (interruption.Reason is null);
        return rewound ? ControlOutcome.Rewound : ControlOutcome.GoOn;
    }

    private ControlOutcome Apply(ControlCommand command)
    {
        switch (command.Command)
        {
            case ControlVerb.SaveCheckpoint or ControlVerb.Evaluate:
                Applied(command, [], [], Save());
                break;
            case ControlVerb.LoadCheckpoint:
                return Load(command);
            case ControlVerb.SkipSteps:
                Skip(command);
                break;
            case ControlVerb.SetLrScale:
                if (Value(command, "value", 0, LargestScale) is { } scale) Change(command, trainer.LearningRateScale, scale, v => trainer.LearningRateScale = v);
                break;
            case ControlVerb.SetClip:
                if (Value(command, "value", 0, LargestClip) is { } clip) Change(command, trainer.Clip, clip, v => trainer.Clip = v);
                break;
            case ControlVerb.Sample:
                Sample(command);
                break;
            case ControlVerb.Stop:
                Applied(command, [], []);
                return ControlOutcome.Stop;
            default:
                inbox.Reject(command, (int)trainer.StepCount, "this trainer draws its data order when the run begins; start a run with another data.mixture");
                break;
        }
        return ControlOutcome.GoOn;
    }

    private ControlOutcome Load(ControlCommand command)
    {
        var steps = checkpoints.Steps();
        if (Value(command, "step", 0, trainer.StepCount) is not { } wanted) return ControlOutcome.GoOn;
        var step = (int)wanted;
        if (!steps.Contains(step))
        {
            inbox.Reject(command, (int)trainer.StepCount, $"there is no checkpoint of step {step}; there are {(steps.Count == 0 ? "none" : string.Join(", ", steps))}");
            return ControlOutcome.GoOn;
        }
        var before = (int)trainer.StepCount;
        trainer.Restore(checkpoints.PathOf(step));
        checkpoints.RemoveAfter(step);
        recorder.TruncateAfter(step);
        skips.Clear();
        Applied(command, new() { ["step"] = before }, new() { ["step"] = step });
        return ControlOutcome.Rewound;
    }

    private void Skip(ControlCommand command)
    {
        var next = trainer.StepCount + 1;
        if (Value(command, "start", next, trainer.Steps) is not { } start || Value(command, "stop", start + 1, Math.Min(trainer.Steps + 1, start + MostSkipped)) is not { } stop) return;
        skips.Add(((int)start, (int)stop));
        Applied(command, [], new() { ["start"] = start, ["stop"] = stop });
    }

    private void Sample(ControlCommand command)
    {
        double Arg(string name, double fallback) => command.Args.GetValueOrDefault(name, fallback);
        try
        {
            var options = new SamplerOptions { Tokens = (int)Arg("tokens", 128), Temperature = Arg("temperature", 0.8), TopK = (int)Arg("top_k", 50), Seed = (long)Arg("seed", 1) };
            var tokenizer = Tokenizer.Load(Path.Combine(order.TrainDirectory, "tokenizer.json"));
            var text = TextSampler.Continue(trainer.Model, tokenizer, command.Text ?? "", options);
            new SampleRecord((int)trainer.StepCount, command.Text ?? "", text, options.Temperature, options.TopK, options.Seed).AppendTo(run.SamplesPath);
            Applied(command, [], []);
        }
        catch (Exception e) when (e is ArgumentException or CorpusException or IOException)
        {
            inbox.Reject(command, (int)trainer.StepCount, e.Message);
        }
    }

    private void Set(Acknowledgement ack)
    {
        if (ack.Command == ControlVerb.SetLrScale) trainer.LearningRateScale = ack.Args["value"];
        else trainer.Clip = ack.Args["value"];
    }

    private void Change(ControlCommand command, double before, double after, Action<double> set)
    {
        set(after);
        Applied(command, new() { ["value"] = before }, new() { ["value"] = after });
    }

    private string Save()
    {
        recorder.Flush();
        var folder = checkpoints.PathOf((int)trainer.StepCount);
        trainer.Save(folder);
        return Path.GetRelativePath(run.Root, folder);
    }

    // A number of the command within bounds; null after a refusal.
    private double? Value(ControlCommand command, string name, double low, double high)
    {
        if (command.Args.TryGetValue(name, out var value) && value >= low && value <= high) return value;
        var found = command.Args.ContainsKey(name) ? $"{value}" : "missing";
        inbox.Reject(command, (int)trainer.StepCount, $"`{name}` is {found}: expected a number from {low} to {high}");
        return null;
    }

    private void Applied(ControlCommand command, Dictionary<string, double> before, Dictionary<string, double> after, string? checkpoint = null) => inbox.Answer(new()
    {
        Uuid = command.Uuid,
        Command = command.Command,
        Args = command.Args,
        Status = AcknowledgementStatus.Applied,
        Step = (int)trainer.StepCount,
        Before = before,
        After = after,
        Checkpoint = checkpoint,
    });
}
