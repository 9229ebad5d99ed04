using System.Text;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Interventions;

/// <summary>How a trainer takes commands.</summary>
public enum Manners
{
    Good,
    Deaf,
    HalfALine,
    Twice,
    Garbage,
    Refuses,
    AcceptsAndForgets,
}

/// <summary>A foreign trainer as the steward sees it: a run directory, steps, and answers good or bad. Its loss is what its state and rate make it.</summary>
internal sealed class FakeTrainer(RunDirectory run, Manners manners)
{
    private readonly HashSet<Guid> done = [];
    private readonly List<(int, int)> skips = [];

    public int Step { get; private set; }

    public double Scale { get; private set; } = 1;

    public double Clip { get; private set; } = 1;

    /// <summary>Steps of its saved states.</summary>
    public List<int> Saved { get; } = [];

    /// <summary>Commands that it did.</summary>
    public List<ControlVerb> Did { get; } = [];

    /// <summary>Loss of a step, given what was set and where it came back to.</summary>
    public required Func<FakeTrainer, double> Loss { get; init; }

    /// <summary>Hash of a step's batch; null: it tells none.</summary>
    public Func<FakeTrainer, string>? Batch { get; init; }

    public string[] Capabilities { get; init; } = ["save_checkpoint", "load_checkpoint", "skip_steps", "set_lr_scale", "set_clip"];

    public int Rewinds { get; private set; }

    public StepMetrics Next()
    {
        if (Step == 0) WriteStatus();
        do Step++;
        while (skips.Exists(span => Step >= span.Item1 && Step < span.Item2));
        if (Step % 50 == 0) Save();
        return new() { Step = Step, Loss = Loss(this), GradNorm = 1, LearningRate = 1e-3 * Scale, BatchHash = Batch?.Invoke(this) };
    }

    /// <summary>Reads its commands at a step's boundary, as well or badly as it does.</summary>
    public void Poll()
    {
        if (manners == Manners.Deaf || !Directory.Exists(run.ControlPath)) return;
        foreach (var file in Directory.GetFiles(run.ControlPath, "*.json").Order())
        {
            var command = System.Text.Json.JsonSerializer.Deserialize(File.ReadAllBytes(file), ProtocolJson.Default.ControlCommand)!;
            if (!done.Add(command.Uuid)) continue;
            switch (manners)
            {
                case Manners.Refuses:
                    Answer(command, AcknowledgementStatus.Rejected, reason: "not now");
                    continue;
                case Manners.AcceptsAndForgets:
                    Answer(command, AcknowledgementStatus.Accepted);
                    continue;
                case Manners.Garbage:
                    File.AppendAllText(run.AcknowledgementsPath, "\0\0 not json\n{\"uuid\":17}\n[]\n{\"uuid\":\"00000000-0000-0000-0000-000000000000\",\"status\":\"applied\",\"step\":-5}\n");
                    Answer(command with { Command = ControlVerb.Pause }, AcknowledgementStatus.Rejected);
                    break;
                case Manners.HalfALine:
                    // It dies while it answers; the process that follows does not know the command any more.
                    File.AppendAllText(run.AcknowledgementsPath, $"{{\"uuid\":\"{command.Uuid}\",\"comm");
                    continue;
            }
            var before = Do(command);
            Answer(command, AcknowledgementStatus.Applied, before);
            if (manners == Manners.Twice)
            {
                Answer(command, AcknowledgementStatus.Rejected, reason: "changed my mind");
                Answer(command, AcknowledgementStatus.Applied, before);
            }
        }
    }

    private double Do(ControlCommand command)
    {
        Did.Add(command.Command);
        var value = command.Args.GetValueOrDefault("value");
        var before = 0.0;
        switch (command.Command)
        {
            case ControlVerb.SaveCheckpoint:
                Save();
                break;
            case ControlVerb.LoadCheckpoint:
                (before, Step) = (Step, (int)command.Args["step"]);
                Rewinds++;
                break;
            case ControlVerb.SkipSteps:
                skips.Add(((int)command.Args["start"], (int)command.Args["stop"]));
                break;
            case ControlVerb.SetLrScale:
                (before, Scale) = (Scale, value);
                break;
            case ControlVerb.SetClip:
                (before, Clip) = (Clip, value);
                break;
        }
        return before;
    }

    private void Save()
    {
        Saved.Add(Step);
        WriteStatus();
    }

    private void WriteStatus() => new RunStatus { State = RunState.Running, Step = Step, Pid = 1, Capabilities = Capabilities, LastCheckpoint = Saved.Count > 0 ? $"ckpt_{Saved[^1]}.pt" : null }.Save(run.StatusPath);

    private void Answer(ControlCommand command, AcknowledgementStatus status, double before = 0, string? reason = null)
    {
        // A real trainer's line; numbers may be missing.
        var line = $"{{\"uuid\":\"{command.Uuid}\",\"command\":\"{Anneal.Runs.Interventions.Capability.Word(command.Command)}\",\"status\":\"{status.ToString().ToLowerInvariant()}\",\"step\":{Step},\"before\":{{\"value\":{before}}}{(reason is null ? "" : $",\"reason\":\"{reason}\"")}}}\n";
        File.AppendAllText(run.AcknowledgementsPath, line, new UTF8Encoding(false));
    }
}
