using System.Text.Json.Nodes;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Watching;

/// <summary>How a watched command ended.</summary>
public sealed record WatchResult
{
    /// <summary>A command that was ended because of an incident.</summary>
    public const int StoppedCode = 3;

    /// <summary>The run's folder.</summary>
    public required string Directory { get; init; }

    /// <summary>Why it ended.</summary>
    public required WatchEnd End { get; init; }

    /// <summary>The command's own, of its last attempt; 128 + signal for a killed one, 126 or 127 for one that could not be started.</summary>
    public required int CommandExitCode { get; init; }

    /// <summary>How often it was started.</summary>
    public int Attempts { get; init; }

    /// <summary>Last step heard; 0 for none.</summary>
    public int Step { get; init; }

    /// <summary>Its loss, nats a token.</summary>
    public double? Loss { get; init; }

    /// <summary>Seconds from the first start to the last end.</summary>
    public double Seconds { get; init; }

    /// <summary>Why, in a sentence; null for a command that simply ended.</summary>
    public string? Message { get; init; }

    /// <summary>All that was seen.</summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>What the caller is told: <see cref="StoppedCode"/> for a command that was ended because of an incident, else the command's own.</summary>
    public int ExitCode => End == WatchEnd.Stopped ? StoppedCode : CommandExitCode;

    /// <summary>The content of <c>summary.json</c>.</summary>
    public JsonObject Document() => new()
    {
        ["run"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(Directory)),
        ["dir"] = Directory,
        ["end"] = End.ToString().ToLowerInvariant(),
        ["exit_code"] = ExitCode,
        ["command_exit_code"] = CommandExitCode,
        ["attempts"] = Attempts,
        ["step"] = Step,
        ["loss"] = Loss is { } loss && double.IsFinite(loss) ? loss : Loss?.ToString(),
        ["seconds"] = Math.Round(Seconds, 3),
        ["message"] = Message,
        ["incidents"] = new JsonObject
        {
            ["warn"] = Incidents.Count(incident => incident.Severity == Severity.Warn),
            ["act"] = Incidents.Count(incident => incident.Severity == Severity.Act),
        },
    };
}

/// <summary>Why a watched command ended.</summary>
public enum WatchEnd
{
    /// <summary>By itself, with exit code 0.</summary>
    Done,

    /// <summary>By itself, with another exit code, or killed by somebody else.</summary>
    Failed,

    /// <summary>After a signal that somebody sent to the watch.</summary>
    Interrupted,

    /// <summary>By the watch, because of an incident.</summary>
    Stopped,
}
