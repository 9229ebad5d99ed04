using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>What a monitor knows about its run beforehand. Everything may be missing.</summary>
public sealed record MonitorOptions
{
    /// <summary>Steps of the whole run; 0 where unknown.</summary>
    public int Steps { get; init; }

    /// <summary>What follows from an incident.</summary>
    public MonitorPolicy Policy { get; init; } = MonitorPolicy.Observe;

    /// <summary>Learning curve to beat, same data order; empty for none.</summary>
    public IReadOnlyList<ReferencePoint> Reference { get; init; } = [];

    /// <summary>Commands that the trainer understands, as in <see cref="RunStatus.Capabilities"/>; null: all of them.</summary>
    public IReadOnlyCollection<string>? Capabilities { get; init; }

    /// <summary>Memory that the trainer's machine or control group has, MiB; null where unknown, as in a replay.</summary>
    public double? MemoryMb { get; init; }

    /// <summary>Repairs tried against a cause so far, as whoever carries them out remembers; null: the policy counts what it recommends.</summary>
    public Func<Cause, int>? Tries { get; init; }

    /// <summary>
    /// What repairs multiply the learning rate by at a step: the rate is judged divided by it, so that a repair is no incident.
    /// Above 0; 1 without any. Null: there are no repairs.
    /// </summary>
    public Func<int, double>? RateScale { get; init; }
}
