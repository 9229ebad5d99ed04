namespace Anneal.Cli.Terminal;

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The call was right, the job failed.</summary>
    public const int Failed = 1;

    /// <summary>The call or a file is wrong.</summary>
    public const int Wrong = 2;

    /// <summary>Interrupted; the state is saved.</summary>
    public const int Interrupted = 130;
}
