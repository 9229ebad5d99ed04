using System.Text.Json;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>An intervention at one of its turns; a line of <c>interventions.jsonl</c>. Lines are added, never changed.</summary>
public sealed record Intervention
{
    /// <summary>Which one of the run, from 1.</summary>
    public required int Id { get; init; }

    /// <summary>Times that the run had gone back to a checkpoint before this line: its lineage.</summary>
    public required int Branch { get; init; }

    /// <summary>Steps done at this turn.</summary>
    public required int Step { get; init; }

    /// <summary>Where it stands.</summary>
    public required InterventionState State { get; init; }

    /// <summary>What is done.</summary>
    public required IncidentAction Action { get; init; }

    /// <summary>The trouble.</summary>
    public required Incident Incident { get; init; }

    /// <summary>Whether the state was lost with it.</summary>
    public bool Fatal { get; init; }

    /// <summary>Step at which it began, as far as can be told.</summary>
    public required int Since { get; init; }

    /// <summary>Try against the incident's cause, from 1; at most 3.</summary>
    public required int Try { get; init; }

    /// <summary>Who proposed it: <c>policy</c>, or the name of a language model.</summary>
    public string Source { get; init; } = "policy";

    /// <summary>What the trainer is told, in order.</summary>
    public IReadOnlyList<ControlCommand> Commands { get; init; } = [];

    /// <summary>Values before: <c>lr_scale</c>, <c>clip</c>, <c>step</c>.</summary>
    public IReadOnlyDictionary<string, double> Before { get; init; } = new Dictionary<string, double>();

    /// <summary>Values after, and <c>skip_start</c>, <c>skip_stop</c>.</summary>
    public IReadOnlyDictionary<string, double> After { get; init; } = new Dictionary<string, double>();

    /// <summary>Loss before the trouble, nats a token: what probation asks for. Null where nothing was heard before it.</summary>
    public double? Expected { get; init; }

    /// <summary>Deviation of a step's loss before the trouble.</summary>
    public double? Sigma { get; init; }

    /// <summary>Loss when it was decided.</summary>
    public double? Level { get; init; }

    /// <summary>Last step of the probation.</summary>
    public int? Until { get; init; }

    /// <summary>Why it ended as it did.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether nothing more comes of it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsOver => State is InterventionState.Kept or InterventionState.Reverted or InterventionState.Failed or InterventionState.Rejected or InterventionState.Ignored
        || (State == InterventionState.Applied && Action is IncidentAction.Stop or IncidentAction.Restart);

    /// <summary>The complete lines of an <c>interventions.jsonl</c>; none where there is no file.</summary>
    public static IReadOnlyList<Intervention> ReadAll(string path) => JsonLines.Read(path, ProtocolJson.Default.Intervention);

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ProtocolJson.Default.Intervention);
}

/// <summary>Turns of an intervention.</summary>
public enum InterventionState
{
    /// <summary>Decided.</summary>
    Proposed,

    /// <summary>The trainer, or whoever holds its process, is told.</summary>
    Requested,

    /// <summary>Done.</summary>
    Applied,

    /// <summary>The trainer refused.</summary>
    Rejected,

    /// <summary>The trainer trained on and did not answer. What it ignores is not asked of it again.</summary>
    Ignored,

    /// <summary>Done, and watched against the loss that was expected.</summary>
    Probation,

    /// <summary>It helped, and stays.</summary>
    Kept,

    /// <summary>It did not help, did harm, or is no longer needed: the values before are put back.</summary>
    Reverted,

    /// <summary>It did not help, and there is nothing to put back.</summary>
    Failed,
}
