using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>
/// What is to be done about incidents: deterministic, without clock or files, so that a replay decides as the live watch did.
/// It recommends; whoever can reach the trainer carries it out.
/// </summary>
internal sealed class ActionPolicy(MonitorOptions options)
{
    /// <summary>The moment's incidents with their actions. May add one of its own: an episode that an action did not end.</summary>
    /// <param name="vitals">The run as of now.</param>
    /// <param name="symptoms">What the detectors see now, told before or not.</param>
    /// <param name="incidents">From the episodes; may be empty.</param>
    public IReadOnlyList<Incident> Decide(Vitals vitals, IReadOnlyList<Symptom> symptoms, IReadOnlyList<Incident> incidents) =>
        incidents.Count == 0 || options.Policy == MonitorPolicy.Observe ? incidents : [.. incidents.Select(Decide)];

    private static Incident Decide(Incident incident) => incident.Severity == Severity.Act ? incident with { Action = IncidentAction.Stop } : incident;
}
