using System.Text.Json;

namespace Anneal.Runs.Protocol;

/// <summary>Answer to a command; a line of <c>acks.jsonl</c>.</summary>
public sealed record Acknowledgement
{
    /// <summary>Of the command.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>What was asked; null where the file could not be read.</summary>
    public ControlVerb? Command { get; init; }

    /// <summary>Numbers that were asked for.</summary>
    public IReadOnlyDictionary<string, double> Args { get; init => field = value ?? Nothing; } = Nothing;

    /// <summary>What became of it.</summary>
    public required AcknowledgementStatus Status { get; init; }

    /// <summary>Steps done at that time.</summary>
    public required int Step { get; init; }

    /// <summary>Values before it was applied.</summary>
    public IReadOnlyDictionary<string, double> Before { get; init => field = value ?? Nothing; } = Nothing;

    /// <summary>Values after it was applied.</summary>
    public IReadOnlyDictionary<string, double> After { get; init => field = value ?? Nothing; } = Nothing;

    /// <summary>Checkpoint that it made, relative to the run's directory.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Why it was rejected.</summary>
    public string? Reason { get; init; }

    // Foreign trainers leave out what they have nothing to say about.
    private static readonly Dictionary<string, double> Nothing = [];

    /// <summary>The complete lines of an <c>acks.jsonl</c>; none where there is no file.</summary>
    public static IReadOnlyList<Acknowledgement> ReadAll(string path) => JsonLines.Read(path, ProtocolJson.Default.Acknowledgement);

    internal void AppendTo(string path) => JsonLines.Append(path, JsonSerializer.SerializeToUtf8Bytes(this, ProtocolJson.Default.Acknowledgement));
}

/// <summary>What became of a command.</summary>
public enum AcknowledgementStatus
{
    /// <summary>Understood; it waits for its step.</summary>
    Accepted,

    /// <summary>Done.</summary>
    Applied,

    /// <summary>Not done, and never will be.</summary>
    Rejected,
}
