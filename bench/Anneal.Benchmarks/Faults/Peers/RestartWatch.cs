using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// nvrx-watch, over restarts that a stream shows as a step that does not go on: 5 within 30 minutes, 3 in a row without getting further
/// than before, or an hour without a step. Observes only.
/// </summary>
internal sealed class RestartWatch : IPeerRule
{
    private const int Cycles = 5, Fruitless = 3;
    private const double Within = 30 * 60, Stall = 60 * 60;

    private readonly List<double> restarts = [];
    private int lastStep, furthest, furthestAtRestart, fruitless;
    private double? lastTime;

    public Consequence? Hear(StepMetrics step)
    {
        var fires = step.Time - lastTime > Stall;
        if (step.Step <= lastStep)
        {
            fruitless = furthest > furthestAtRestart ? 1 : fruitless + 1;
            furthestAtRestart = furthest;
            if (lastTime is { } time)
            {
                // A new process may start its clock anew: the restart is dated by the last step before it.
                restarts.Add(time);
                restarts.RemoveAll(earlier => time - earlier > Within);
            }
            fires |= restarts.Count >= Cycles || fruitless >= Fruitless;
        }
        furthest = Math.Max(furthest, step.Step);
        (lastStep, lastTime) = (step.Step, step.Time ?? lastTime);
        return fires ? Consequence.Warn : null;
    }
}
