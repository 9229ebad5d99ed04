using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>Ours: the monitor as shipped, allowed to act, and told nothing beforehand.</summary>
internal static class ShippedMonitor
{
    public static Contender Contender { get; } = Contender.Of("anneal", stream => Watch(stream.Lines));

    public static IReadOnlyList<Alarm> Watch(IReadOnlyList<StreamLine> lines)
    {
        var monitor = new Monitor(new MonitorOptions { Policy = MonitorPolicy.Act });
        var alarms = new List<Alarm>();
        var at = -1;
        foreach (var (metrics, isMeasurement) in lines)
        {
            if (!isMeasurement) at++;
            foreach (var incident in isMeasurement ? monitor.Measure(metrics.Step, metrics.Extra) : monitor.Observe(metrics))
                alarms.Add(new(Math.Max(at, 0), incident.Severity, incident.Cause, incident.Action == IncidentAction.Stop, Words(incident)));
        }
        return alarms;
    }

    private static string Words(Incident incident) => $"{incident.Detector}: {incident.Message}" + (incident.Action == IncidentAction.None ? "" : $" [{incident.Action}]");
}
