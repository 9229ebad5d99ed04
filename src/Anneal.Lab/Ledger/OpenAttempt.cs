using Anneal.Lab.Execution;

namespace Anneal.Lab.Ledger;

/// <summary>A child whose end nobody has recorded.</summary>
/// <param name="Id">The attempt's number.</param>
/// <param name="Run">Run id.</param>
/// <param name="Process">The process; null where its study was killed in the moment of starting it.</param>
/// <param name="Started">When it was about to be started, UTC.</param>
public sealed record OpenAttempt(long Id, string Run, ProcessIdentity? Process, DateTime Started);
