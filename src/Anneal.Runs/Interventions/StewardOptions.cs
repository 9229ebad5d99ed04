namespace Anneal.Runs.Interventions;

/// <summary>What whoever carries out repairs knows of its trainer.</summary>
public sealed record StewardOptions
{
    /// <summary>Steps of the whole run; 0 where unknown.</summary>
    public int Steps { get; init; }

    /// <summary>Commands that the trainer understands; null: as its <c>status.json</c> says, none where it has none.</summary>
    public IReadOnlyCollection<string>? Capabilities { get; init; }

    /// <summary>
    /// The trainer answers between two steps, in the same process: nothing expires, and stopping is the caller's, not a command's.
    /// Default: another process, which may be slow, deaf or dead.
    /// </summary>
    public bool InProcess { get; init; }

    /// <summary>How long a trainer that goes on training may leave a command unanswered, at least; ten of its steps if that is longer. Default 30 s.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tells the time; the system's by default.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>What a steward asks of whoever holds the trainer's process.</summary>
public enum StewardDemand
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>End the run.</summary>
    Stop,

    /// <summary>End the process and start it again.</summary>
    Restart,
}
