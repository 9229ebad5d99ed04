namespace Anneal.Lab.Execution;

/// <summary>Patience and thrift of an executor.</summary>
public sealed record ExecutorOptions
{
    /// <summary>Least silence of a run that counts as hung.</summary>
    public TimeSpan HangFloor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pauses before a run that infrastructure broke is tried again; as many tries more.</summary>
    public IReadOnlyList<TimeSpan> RetryAfter { get; init; } = [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    /// <summary>How long one evaluation may take.</summary>
    public TimeSpan EvaluationPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>FLOPs between saved states of a run: about what may be lost to a kill.</summary>
    public double CheckpointFlops { get; init; } = 2e11;
}
