using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

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

    /// <summary>Runs code of proposals without a sandbox where there is none.</summary>
    public bool AllowUnsandboxed { get; init; }

    /// <summary>Compiled code of a recipe that names some, with what a step of it costs; null takes the lab's store and has it checked.</summary>
    public Func<Recipe, CodeOrder>? CodeOf { get; init; }

    /// <summary>Resident memory of a process that runs code of a proposal, in bytes.</summary>
    public long CodeMemoryBytes { get; init; } = 4L << 30;

    /// <summary>Size of the folder of a run with code, in bytes; a single file may take a quarter of it.</summary>
    public long CodeFolderBytes { get; init; } = 4L << 30;

    /// <summary>Times the processor time of the lab's own runs that a run with code may take for the same FLOPs.</summary>
    public double UnpaidFactor { get; init; } = 4;

    /// <summary>Processor seconds that a run with code may take besides.</summary>
    public double UnpaidSeconds { get; init; } = 3;

    /// <summary>Seconds that a model with code of its own has for all questions of an evaluation.</summary>
    public double LogitsSeconds { get; init; } = 300;
}
