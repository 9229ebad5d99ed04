namespace Anneal.Lab.Ledger;

/// <summary>Something the monitor or the lab saw go wrong.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Experiment">Experiment, or null.</param>
/// <param name="Step">Step at which it was seen.</param>
/// <param name="Severity"><c>warn</c> or <c>act</c>.</param>
/// <param name="Action">What was done.</param>
/// <param name="Detector">Who saw it.</param>
/// <param name="Cause">One of optimizer, data, numerics, model, infrastructure, schedule, evaluation.</param>
/// <param name="Message">Plain sentence.</param>
public sealed record IncidentRecord(string Run, int? Experiment, int Step, string Severity, string Action, string Detector, string Cause, string Message);
