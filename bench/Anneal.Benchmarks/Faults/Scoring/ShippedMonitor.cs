using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>Ours: what <c>anneal watch --replay</c> runs, allowed to act, and told nothing beforehand.</summary>
internal static class ShippedMonitor
{
    public static Contender Contender { get; } = Contender.Of("anneal", stream => Watch(stream.Lines));

    public static IReadOnlyList<Alarm> Watch(IReadOnlyList<StreamLine> lines)
    {
        var alarms = new List<Alarm>();
        var at = -1;
        var watch = new ReplayWatch(
            new Monitor(new MonitorOptions { Policy = MonitorPolicy.Act }),
            incident => alarms.Add(new(Math.Max(at, 0), incident.Severity, incident.Cause, incident.Action == IncidentAction.Stop, Words(incident))));
        foreach (var (metrics, isMeasurement) in lines)
        {
            if (!isMeasurement) at++;
            watch.Take(isMeasurement ? new Heard(null, metrics.Step, new NamedNumbers([.. metrics.Extra.Keys], [.. metrics.Extra.Values])) : new Heard(metrics, metrics.Step, null));
        }
        return alarms;
    }

    private static string Words(Incident incident) => $"{incident.Detector}: {incident.Message}" + (incident.Action == IncidentAction.None ? "" : $" [{incident.Action}]");
}
