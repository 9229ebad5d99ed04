using System.Diagnostics;
using Anneal.Engine.Training;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Worker;

/// <summary>How many steps a run has: what its order says, else what its recipe's budget pays for.</summary>
internal static class StepBudget
{
    /// <summary>Steps of the whole run; a budget in seconds is measured once, and a run that goes on keeps its length.</summary>
    public static long Of(RunOrder order, Checkpoints checkpoints)
    {
        if (order.Steps is { } steps) return steps;
        if (order.Recipe.Budget.Seconds is not { } seconds) return RunLength.Steps(order.Recipe, order.Vocab);
        foreach (var step in checkpoints.Steps().Reverse())
        {
            try
            {
                return Checkpoint.Describe(checkpoints.PathOf(step)).Options.Steps;
            }
            catch (InvalidDataException)
            {
                // An older one may know; whoever restores it reports the damage.
            }
        }
        return Measure(order, seconds);
    }

    // A throw-away trainer does some steps, the first of which only warms up.
    private static long Measure(RunOrder order, double seconds)
    {
        var (shard, stream) = TrainingData.Open(order);
        using (shard)
        {
            using var trial = new Trainer(RunLength.ToOptions(order.Recipe, order.Vocab, 1000, order.Threads), stream);
            trial.Step();
            var clock = Stopwatch.StartNew();
            var steps = 0;
            do
            {
                trial.Step();
                steps++;
            } while (steps < 20 && clock.Elapsed.TotalSeconds < seconds / 20);
            return Math.Max(1, (long)(seconds * steps / clock.Elapsed.TotalSeconds));
        }
    }
}
