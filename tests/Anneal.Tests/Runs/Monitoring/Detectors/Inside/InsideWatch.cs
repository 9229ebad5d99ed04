using Anneal.Runs.Monitoring;
using Anneal.Runs.Monitoring.Detectors;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

/// <summary>What the detectors of the inside alone make of a run.</summary>
internal static class InsideWatch
{
    public static List<Incident> Watch(IEnumerable<StepMetrics> run, MonitorOptions? options = null)
    {
        var monitor = Fresh(options);
        return [.. run.SelectMany(monitor.Observe)];
    }

    public static Monitor Fresh(MonitorOptions? options = null) => new(options ?? new(), [.. DetectorSet.OfTheInside()]);

    /// <summary>The first incident, which must be of this detector.</summary>
    public static Incident First(IEnumerable<StepMetrics> run, string detector)
    {
        var incident = Watch(run).FirstOrDefault().ShouldNotBeNull();
        incident.Detector.ShouldBe(detector, incident.Message);
        return incident;
    }
}
