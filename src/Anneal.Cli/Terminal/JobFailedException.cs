namespace Anneal.Cli.Terminal;

/// <summary>The call was right and the job failed; the message says why.</summary>
internal sealed class JobFailedException(string message) : Exception(message);
