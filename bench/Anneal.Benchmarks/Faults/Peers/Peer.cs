using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>A published rule as a contender.</summary>
internal static class Peer
{
    /// <param name="name">As in the table.</param>
    /// <param name="rule">A fresh one for each run.</param>
    public static Contender Of(string name, Func<IPeerRule> rule) => Contender.Of(name, stream => Watch(name, rule(), stream));

    /// <summary>Fires wherever any of them does.</summary>
    public static Contender Union(string name, IReadOnlyList<Contender> peers) =>
        new(name, (entry, stream) => [.. peers.SelectMany(peer => peer.Watch(entry, stream)).OrderBy(alarm => alarm.At)]);

    /// <summary>Knows where each fault lies and its cause: what a perfect detector would score.</summary>
    public static Contender Oracle { get; } = new("oracle", (entry, stream) =>
        entry.IsFault && Enumerable.Range(0, stream.Steps.Count).FirstOrDefault(i => stream.Steps[i].Step >= entry.Inject, -1) is >= 0 and var at
            ? [new(at, Severity.Act, entry.Cause is [var cause, ..] ? cause : null, Stop: entry.Harmed, "oracle")]
            : []);

    private static List<Alarm> Watch(string name, IPeerRule rule, RecordedStream stream)
    {
        var alarms = new List<Alarm>();
        var at = -1;
        foreach (var (metrics, isMeasurement) in stream.Lines)
        {
            if (!isMeasurement) at++;
            else if (!rule.HearsMeasurements) continue;
            if (rule.Hear(metrics) is { } consequence)
                alarms.Add(new(Math.Max(at, 0), consequence == Consequence.Warn ? Severity.Warn : Severity.Act, null, consequence == Consequence.Stop, name));
        }
        return alarms;
    }
}
