using System.Text.Json;

namespace Anneal.Runs.Protocol;

/// <summary>Something that went wrong in a run; a line of <c>incidents.jsonl</c>.</summary>
public sealed record Incident
{
    /// <summary>Step after which it was seen.</summary>
    public required int Step { get; init; }

    /// <summary>Worth knowing, or worth acting on.</summary>
    public required Severity Severity { get; init; }

    /// <summary>What was done about it.</summary>
    public IncidentAction Action { get; init; } = IncidentAction.None;

    /// <summary>Who saw it: <c>divergence</c>.</summary>
    public required string Detector { get; init; }

    /// <summary>Where the cause probably lies.</summary>
    public required Cause Cause { get; init; }

    /// <summary>A plain sentence with the numbers.</summary>
    public required string Message { get; init; }

    /// <summary>The numbers by name.</summary>
    public IReadOnlyDictionary<string, double> Evidence { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>The state is lost or the end is certain. For the policy; not written down, the message says it.</summary>
    internal bool Fatal { get; init; }

    /// <summary>The complete lines of an <c>incidents.jsonl</c>; none where there is no file.</summary>
    public static IReadOnlyList<Incident> ReadAll(string path) => JsonLines.Read(path, ProtocolJson.Default.Incident);

    /// <summary>The line of an <c>incidents.jsonl</c>, without its end.</summary>
    public byte[] ToJsonLine() => JsonSerializer.SerializeToUtf8Bytes(this, ProtocolJson.Default.Incident);

    internal void AppendTo(string path) => JsonLines.Append(path, ToJsonLine());
}

/// <summary>Weight of an incident.</summary>
public enum Severity
{
    /// <summary>Worth knowing.</summary>
    Warn,

    /// <summary>Worth acting on.</summary>
    Act,
}

/// <summary>What was done about an incident.</summary>
public enum IncidentAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Steps skipped.</summary>
    Skip,

    /// <summary>Gone back to a checkpoint.</summary>
    Rewind,

    /// <summary>Learning rate scaled.</summary>
    ScaleLr,

    /// <summary>Clipping changed.</summary>
    Clip,

    /// <summary>Run stopped.</summary>
    Stop,

    /// <summary>Process started again.</summary>
    Restart,
}

/// <summary>Where the cause of an incident lies.</summary>
public enum Cause
{
    /// <summary>Optimizer and its constants.</summary>
    Optimizer,

    /// <summary>The text and its order.</summary>
    Data,

    /// <summary>Number formats, overflow.</summary>
    Numerics,

    /// <summary>Architecture and initialisation.</summary>
    Model,

    /// <summary>Machine, process, disk.</summary>
    Infrastructure,

    /// <summary>Learning rate over time.</summary>
    Schedule,

    /// <summary>The measurement.</summary>
    Evaluation,
}
