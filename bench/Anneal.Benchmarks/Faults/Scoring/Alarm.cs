using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>A contender speaks.</summary>
/// <param name="At">
/// Index, from 0, of the last training step that it had heard. Not the step's number: a run that went back says a number twice.
/// </param>
/// <param name="Severity">A rule that changes the run (skips, clips, restarts, kills) acts; one that logs or sends a message warns.</param>
/// <param name="Cause">Where it lays the cause; null where it has no opinion, as every peer.</param>
/// <param name="Stop">It ends the run.</param>
/// <param name="Words">Who says what, for a reader.</param>
internal readonly record struct Alarm(int At, Severity Severity, Cause? Cause, bool Stop, string Words);
