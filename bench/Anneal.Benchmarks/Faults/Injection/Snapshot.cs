using Anneal.Engine.Shards;
using Anneal.Engine.Training;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>
/// A trainer's state in memory: runs fork from it, also with other options (batch, context, optimizer constants) that a checkpoint
/// of the same run would refuse.
/// </summary>
internal sealed class Snapshot
{
    private readonly float[] values;
    private readonly float[][] moments;
    private readonly long updates;
    private readonly double parameterSquares, scale, clip;
    private readonly TokenCursor cursor;

    public Snapshot(Trainer trainer)
    {
        values = trainer.Model.Values.Span.ToArray();
        moments = [.. trainer.Optimizer.State.Select(moment => moment.Values.ToArray())];
        (updates, parameterSquares) = (trainer.Optimizer.Updates, trainer.Optimizer.ParameterSquares);
        (scale, clip) = (trainer.LearningRateScale, trainer.Clip);
        cursor = trainer.Stream.Cursor;
        Step = (int)trainer.StepCount;
    }

    /// <summary>Steps done.</summary>
    public int Step { get; }

    /// <summary>Goes on from here in a fresh trainer of the same model.</summary>
    public void Restore(Trainer trainer)
    {
        values.CopyTo(trainer.Model.Values.Span);
        foreach (var (moment, saved) in trainer.Optimizer.State.Zip(moments)) saved.CopyTo(moment.Values);
        trainer.Optimizer.Restore(updates, parameterSquares);
        (trainer.LearningRateScale, trainer.Clip) = (scale, clip);
        trainer.Stream.Cursor = cursor;
        trainer.StepCount = Step;
    }
}
