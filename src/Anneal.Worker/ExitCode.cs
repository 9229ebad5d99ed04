namespace Anneal.Worker;

/// <summary>How a worker says what became of its job.</summary>
internal static class ExitCode
{
    /// <summary>All done.</summary>
    public const int Done = 0;

    /// <summary>A file or the call is wrong, or the disk refuses: standard error says which.</summary>
    public const int BadInput = 2;

    /// <summary>Stopped by the monitor or by an error of ours: <c>incidents.jsonl</c> says why.</summary>
    public const int Failed = 3;

    /// <summary>Interrupted or told to stop, state saved.</summary>
    public const int Interrupted = 130;
}
