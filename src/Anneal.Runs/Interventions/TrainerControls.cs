using Anneal.Engine.Training;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>
/// Our trainer's side of the commands: applies them between steps, within bounds, and says what they changed. What was applied
/// after the checkpoint that a run resumed from is applied again at the same step, so that a killed run ends like an undisturbed one.
/// </summary>
public sealed class TrainerControls
{
    private const double LargestScale = 10, LargestClip = 1e6, MostSkipped = 10_000;

    private readonly Trainer trainer;
    private readonly Checkpoints checkpoints;
    private readonly string root;
    private readonly Queue<Acknowledgement> again;
    private readonly List<(int Start, int Stop)> skips = [];

    /// <summary>Commands that it understands, as <c>status.json</c> names them; who holds the trainer may add pausing, sampling and the like.</summary>
    public static IReadOnlyList<string> Capabilities { get; } = [.. new[] { ControlVerb.SaveCheckpoint, ControlVerb.LoadCheckpoint, ControlVerb.SkipSteps, ControlVerb.SetLrScale, ControlVerb.SetClip }.Select(Capability.Word)];

    /// <summary>Takes a trainer's controls, with what was applied before.</summary>
    /// <param name="trainer">At its newest checkpoint, or at its start.</param>
    /// <param name="checkpoints">Where its states are.</param>
    /// <param name="run">Its folder.</param>
    public TrainerControls(Trainer trainer, Checkpoints checkpoints, RunDirectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        (this.trainer, this.checkpoints, root) = (trainer, checkpoints, run.Root);
        var applied = Acknowledgement.ReadAll(run.AcknowledgementsPath).Where(a => a.Status == AcknowledgementStatus.Applied).ToList();
        // Text that was to be left out stays out, on whatever branch that was said.
        foreach (var ack in applied.Where(a => a.Command == ControlVerb.SkipSteps)) skips.Add(((int)ack.Args["start"], (int)ack.Args["stop"]));
        // Before the last rewind lies another branch: its rate and clip came back with the state.
        applied.RemoveRange(0, applied.FindLastIndex(a => a.Command == ControlVerb.LoadCheckpoint) + 1);
        again = new(applied.Where(a => a.Step >= trainer.StepCount && a.Command is ControlVerb.SetLrScale or ControlVerb.SetClip));
    }

    /// <summary>Whether a step's batch is only read.</summary>
    public bool Skips(int step) => skips.Exists(s => step >= s.Start && step < s.Stop);

    /// <summary>Applies again what an earlier process had applied at this step.</summary>
    public void Repeat()
    {
        while (again.TryPeek(out var ack) && ack.Step <= trainer.StepCount)
        {
            again.Dequeue();
            if (ack.Command == ControlVerb.SetLrScale) trainer.LearningRateScale = ack.Args["value"];
            else trainer.Clip = ack.Args["value"];
        }
    }

    /// <summary>Does what is asked, or refuses it.</summary>
    /// <param name="command">Due now.</param>
    /// <returns>The answer, to be written down: applied with before and after, or rejected with a reason.</returns>
    public Acknowledgement Apply(ControlCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command.Command switch
        {
            ControlVerb.SaveCheckpoint or ControlVerb.Evaluate => Applied(command, checkpoint: Save()),
            ControlVerb.LoadCheckpoint => Load(command),
            ControlVerb.SkipSteps => Skip(command),
            ControlVerb.SetLrScale => Change(command, LargestScale, () => trainer.LearningRateScale, value => trainer.LearningRateScale = value),
            ControlVerb.SetClip => Change(command, LargestClip, () => trainer.Clip, value => trainer.Clip = value),
            ControlVerb.SetMixture => Rejected(command, "this trainer draws its data order when the run begins; start a run with another data.mixture"),
            _ => Applied(command),
        };
    }

    /// <summary>An answer: done.</summary>
    public Acknowledgement Applied(ControlCommand command, Dictionary<string, double>? before = null, Dictionary<string, double>? after = null, string? checkpoint = null) => new()
    {
        Uuid = command.Uuid,
        Command = command.Command,
        Args = command.Args,
        Status = AcknowledgementStatus.Applied,
        Step = (int)trainer.StepCount,
        Before = before ?? [],
        After = after ?? [],
        Checkpoint = checkpoint,
    };

    /// <summary>An answer: refused.</summary>
    public Acknowledgement Rejected(ControlCommand command, string reason) => new()
    {
        Uuid = command.Uuid,
        Command = command.Command,
        Args = command.Args,
        Status = AcknowledgementStatus.Rejected,
        Step = (int)trainer.StepCount,
        Reason = reason,
    };

    private string Save()
    {
        var folder = checkpoints.PathOf((int)trainer.StepCount);
        trainer.Save(folder);
        return Path.GetRelativePath(root, folder);
    }

    private Acknowledgement Load(ControlCommand command)
    {
        if (Outside(command, "step", 0, trainer.StepCount) is { } refusal) return refusal;
        var step = (int)command.Args["step"];
        var steps = checkpoints.Steps();
        if (!steps.Contains(step)) return Rejected(command, $"there is no checkpoint of step {step}; there are {(steps.Count == 0 ? "none" : string.Join(", ", steps))}");
        try
        {
            if (!Checkpoint.IsFinite(checkpoints.PathOf(step))) return Rejected(command, $"the checkpoint of step {step} holds numbers that are not finite");
        }
        catch (InvalidDataException e)
        {
            return Rejected(command, e.Message);
        }
        var before = (int)trainer.StepCount;
        trainer.Restore(checkpoints.PathOf(step));
        checkpoints.RemoveAfter(step);
        again.Clear();
        return Applied(command, new() { ["step"] = before }, new() { ["step"] = step });
    }

    private Acknowledgement Skip(ControlCommand command)
    {
        var next = trainer.StepCount + 1;
        if (Outside(command, "start", next, trainer.Steps) is { } early) return early;
        var start = command.Args["start"];
        if (Outside(command, "stop", start + 1, Math.Min(trainer.Steps + 1, start + MostSkipped)) is { } late) return late;
        skips.Add(((int)start, (int)command.Args["stop"]));
        return Applied(command, after: new() { ["start"] = start, ["stop"] = command.Args["stop"] });
    }

    private Acknowledgement Change(ControlCommand command, double largest, Func<double> read, Action<double> write)
    {
        if (Outside(command, "value", 0, largest) is { } refusal) return refusal;
        var before = read();
        write(command.Args["value"]);
        return Applied(command, new() { ["value"] = before }, new() { ["value"] = command.Args["value"] });
    }

    // A refusal where a number of the command is missing or out of bounds.
    private Acknowledgement? Outside(ControlCommand command, string name, double low, double high)
    {
        if (command.Args.TryGetValue(name, out var value) && value >= low && value <= high) return null;
        var found = command.Args.ContainsKey(name) ? $"{value}" : "missing";
        return Rejected(command, $"`{name}` is {found}: expected a number from {low} to {high}");
    }
}
