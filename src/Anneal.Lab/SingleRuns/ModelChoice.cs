using Anneal.Runs;

namespace Anneal.Lab.SingleRuns;

/// <summary>The model of a command: a run's newest saved state, or one that is named.</summary>
/// <param name="Checkpoint">Folder of the saved state.</param>
/// <param name="Run">The run that it belongs to; null where the state lies outside a run.</param>
public sealed record ModelChoice(string Checkpoint, TrainedRun? Run)
{
    /// <exception cref="InputException">Neither, or both, or not there.</exception>
    public static ModelChoice Of(string? run, string? checkpoint, string lab) => (run, checkpoint) switch
    {
        (null, null) => throw new InputException("RUN", "is missing: name a run, or a saved state with --checkpoint DIR"),
        (not null, not null) => throw new InputException("--checkpoint", "and RUN exclude each other: name one of them"),
        (not null, null) => TrainedRun.Find(run, lab) is var found ? new ModelChoice(found.Checkpoint, found) : throw new System.Diagnostics.UnreachableException(),
        (null, not null) => File.Exists(Path.Combine(checkpoint, "trainer.json"))
            ? new ModelChoice(Path.GetFullPath(checkpoint), TrainedRun.Around(checkpoint))
            : throw new InputException(checkpoint, "is no saved state: it has no trainer.json; expected a folder such as RUN/checkpoints/step-000100"),
    };
}
