namespace Anneal.Lab.Execution;

/// <summary>The call was right and the job failed; the message says why.</summary>
/// <param name="message">In a sentence.</param>
public sealed class JobFailedException(string message) : Exception(message);
