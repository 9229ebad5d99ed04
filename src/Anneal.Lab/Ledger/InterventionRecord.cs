namespace Anneal.Lab.Ledger;

/// <summary>A turn of an intervention in a single run.</summary>
/// <param name="Folder">The run's folder, absolute.</param>
/// <param name="Number">Which intervention of the run, from 1.</param>
/// <param name="Branch">Times that the run had gone back to a checkpoint.</param>
/// <param name="Step">Steps done.</param>
/// <param name="State">proposed, requested, applied, rejected, ignored, probation, kept, reverted or failed.</param>
/// <param name="Action">What was done.</param>
/// <param name="Cause">Against which cause.</param>
/// <param name="Detector">Who saw the trouble.</param>
/// <param name="Seen">Step at which it was seen.</param>
/// <param name="Since">Step at which it began, as far as can be told.</param>
/// <param name="Attempt">Try against the cause, from 1.</param>
/// <param name="Source"><c>policy</c>, or the model that advised it.</param>
/// <param name="Before">Values before, by name.</param>
/// <param name="After">Values after.</param>
/// <param name="Expected">Loss that probation asked for, nats a token; null where none was known.</param>
/// <param name="Reason">Why it ended as it did; may hold a trainer's words.</param>
public sealed record InterventionRecord(
    string Folder, int Number, int Branch, int Step, string State, string Action, string Cause, string Detector, int Seen, int Since, int Attempt, string Source,
    IReadOnlyDictionary<string, double> Before, IReadOnlyDictionary<string, double> After, double? Expected, string? Reason);
