using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>What a contender made of one faulted run. Latencies are in training steps from the injection (0: at the first faulted step); a miss is infinite.</summary>
internal sealed record FaultOutcome
{
    public required StreamEntry Entry { get; init; }

    /// <summary>From the injection to the first alarm of either severity.</summary>
    public required double Any { get; init; }

    /// <summary>The same to the first act.</summary>
    public required double Act { get; init; }

    /// <summary><see cref="Any"/> on the clean twin, from the same step; NaN where there is no twin.</summary>
    public required double TwinAny { get; init; }

    /// <summary><see cref="Act"/> on the clean twin.</summary>
    public required double TwinAct { get; init; }

    /// <summary>Cause that the first alarm names.</summary>
    public required Cause? FirstCause { get; init; }

    /// <summary>Cause that the last alarm of the first episode names; an episode ends when nothing is said for <see cref="EpisodeGap"/> steps.</summary>
    public required Cause? LastCause { get; init; }

    /// <summary>Training steps from the injection to the end, the first faulted one included.</summary>
    public required int StepsAfter { get; init; }

    /// <summary>Of those, the steps that come after the first stop; where it never stops, after the first act.</summary>
    public required int StepsSaved { get; init; }

    /// <summary>What it said from the injection on.</summary>
    public required IReadOnlyList<Alarm> Alarms { get; init; }

    /// <summary>Quiet steps that end an episode.</summary>
    public const int EpisodeGap = 50;

    public bool IsRight(Cause? cause) => cause is { } said && Entry.Cause.Contains(said);

    /// <summary>Judges one run.</summary>
    /// <param name="entry">The fault.</param>
    /// <param name="run">The contender over the faulted run.</param>
    /// <param name="twin">The contender over the clean twin; null where there is none.</param>
    public static FaultOutcome Of(StreamEntry entry, Watched run, Watched? twin)
    {
        var inject = run.IndexOf(entry.Inject!.Value);
        var after = run.Alarms.Where(alarm => alarm.At >= inject).ToList();
        var episode = after.TakeWhile((alarm, i) => i == 0 || alarm.At - after[i - 1].At <= EpisodeGap).ToList();
        var end = after.Find(alarm => alarm.Stop) is { Stop: true } stop ? stop.At : after.Find(alarm => alarm.Severity == Severity.Act) is { Severity: Severity.Act } act ? act.At : run.Steps - 1;
        return new()
        {
            Entry = entry,
            Any = Latency(run, inject, Severity.Warn),
            Act = Latency(run, inject, Severity.Act),
            TwinAny = twin is null ? double.NaN : Latency(twin, twin.IndexOf(entry.Inject.Value), Severity.Warn),
            TwinAct = twin is null ? double.NaN : Latency(twin, twin.IndexOf(entry.Inject.Value), Severity.Act),
            FirstCause = episode is [var first, ..] ? first.Cause : null,
            LastCause = episode is [.., var last] ? last.Cause : null,
            StepsAfter = run.Steps - inject,
            StepsSaved = run.Steps - 1 - end,
            Alarms = after,
        };
    }

    private static double Latency(Watched run, int inject, Severity atLeast)
    {
        foreach (var alarm in run.Alarms)
            if (alarm.At >= inject && alarm.Severity >= atLeast) return alarm.At - inject;
        return double.PositiveInfinity;
    }
}
