using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>What a contender said over healthy steps: a clean run, a decoy, or the part of a faulted run before the injection.</summary>
internal sealed record HealthyOutcome
{
    public required StreamEntry Entry { get; init; }

    /// <summary>Healthy training steps.</summary>
    public required int Steps { get; init; }

    /// <summary>False alarms on them.</summary>
    public required IReadOnlyList<Alarm> Alarms { get; init; }

    public int Warns => Alarms.Count(alarm => alarm.Severity == Severity.Warn);

    public int Acts => Alarms.Count(alarm => alarm.Severity == Severity.Act);

    /// <summary>A run that would have done well was ended.</summary>
    public bool Killed => Alarms.Any(alarm => alarm.Stop);

    public static HealthyOutcome Of(StreamEntry entry, Watched run)
    {
        var steps = entry.Kind == StreamKind.Fault ? run.IndexOf(entry.Inject ?? int.MaxValue) : run.Steps;
        return new() { Entry = entry, Steps = steps, Alarms = [.. run.Alarms.Where(alarm => alarm.At < steps)] };
    }
}
