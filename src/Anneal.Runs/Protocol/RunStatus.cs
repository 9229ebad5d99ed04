using System.Text.Json;

namespace Anneal.Runs.Protocol;

/// <summary>Where a run stands: <c>status.json</c>, rewritten whole a few times a second.</summary>
public sealed record RunStatus
{
    /// <summary>What it is doing.</summary>
    public required RunState State { get; init; }

    /// <summary>Last step done; 0 before the first.</summary>
    public int Step { get; init; }

    /// <summary>Steps of the whole run; 0 where unknown.</summary>
    public int Steps { get; init; }

    /// <summary>Process id of the trainer.</summary>
    public int Pid { get; init; }

    /// <summary>Training tokens so far.</summary>
    public long Tokens { get; init; }

    /// <summary>Counted training FLOPs so far.</summary>
    public double Flops { get; init; }

    /// <summary>Parameters of the model.</summary>
    public long Parameters { get; init; }

    /// <summary>Last train loss, nats a token.</summary>
    public double? Loss { get; init; }

    /// <summary>Commands that the trainer understands.</summary>
    public IReadOnlyList<string> Capabilities { get; init => field = value ?? []; } = [];

    /// <summary>Newest complete checkpoint, relative to the run's directory.</summary>
    public string? LastCheckpoint { get; init; }

    /// <summary>Why it stopped or failed.</summary>
    public string? Message { get; init; }

    /// <summary>When this was written, seconds since 1970 UTC: the heartbeat.</summary>
    public double UpdatedAt { get; init; }

    /// <summary>Reads <c>status.json</c>; null where there is none yet or it is not readable.</summary>
    public static RunStatus? Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ProtocolJson.Default.RunStatus);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces <c>status.json</c>.</summary>
    public void Save(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, ProtocolJson.Default.RunStatus));
}

/// <summary>What a run is doing.</summary>
public enum RunState
{
    /// <summary>Building its model, no step done yet.</summary>
    Starting,

    /// <summary>Training.</summary>
    Running,

    /// <summary>Waiting for the command to go on.</summary>
    Paused,

    /// <summary>All steps done, last checkpoint saved.</summary>
    Done,

    /// <summary>Ended by a command or by the monitor.</summary>
    Stopped,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Ended by a signal or by the parent's end, state saved.</summary>
    Interrupted,
}
