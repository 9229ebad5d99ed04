using Anneal.Lab.Reports;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.SingleRuns;

/// <summary>Where a training stands.</summary>
/// <param name="Last">The newest step's metrics.</param>
/// <param name="Steps">Steps in all; null before the worker has counted them.</param>
public sealed record TrainingProgress(StepMetrics Last, int? Steps)
{
    /// <summary>One line: step, loss, rate, time left.</summary>
    public override string ToString()
    {
        var left = Steps is > 0 && Last.Time is { } time ? time * (Steps.Value - Last.Step) / Last.Step : (double?)null;
        return $"step {Last.Step}{(Steps is > 0 ? $" of {Steps}" : "")}, loss {Last.Loss:0.000}"
            + (Last.TokensPerSecond is { } rate ? $", {Units.Count(rate, "tokens/s")}" : "")
            + (left is { } seconds ? $", {Units.Duration(seconds)} left" : "");
    }
}
