using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Repairs;

/// <summary>How a repair trial ended.</summary>
/// <param name="Stopped">The run was given up.</param>
/// <param name="Interventions">What was done, each at its last turn.</param>
/// <param name="Incidents">What was said.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">On text that no run has seen, nats per token.</param>
internal sealed record RepairOutcome(bool Stopped, IReadOnlyList<Intervention> Interventions, IReadOnlyList<Incident> Incidents, int Step, double Loss)
{
    /// <summary>Something was done to the run, and it was led to its end.</summary>
    public bool IsRepaired => !Stopped && Interventions.Any(one => one.Action is not (IncidentAction.None or IncidentAction.Stop));

    /// <summary>The run was left alone.</summary>
    public bool IsUntouched => !Stopped && !IsRepaired;

    /// <summary>What was done, in the protocol's words.</summary>
    public string Words => Interventions.Count == 0 ? Stopped ? "stopped" : "-" : string.Join("; ", Interventions.Select(one => $"{one.Incident.Detector} at {one.Incident.Step}: {Advice.Snake(one.Action)} {Advice.Snake(one.State)}{(one.Reason is null ? "" : $" ({one.Reason})")}"));
}
