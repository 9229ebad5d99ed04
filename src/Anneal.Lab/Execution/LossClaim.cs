using Anneal.Runs.Protocol;

namespace Anneal.Lab.Execution;

/// <summary>What a run says of its train loss, held against what the lab measures.</summary>
internal static class LossClaim
{
    // Batches and passages differ, and so do the first tokens of a sequence; an invented curve differs by more.
    private const double Relative = 0.3, Absolute = 0.2;

    /// <summary>Compares the mean of the last tenth of the steps with a measurement.</summary>
    /// <param name="steps">As the run told them.</param>
    /// <param name="measured">Loss of its last checkpoint on train passages, nats a token.</param>
    /// <returns>What is wrong, or null.</returns>
    public static FoulPlay? Contradicted(IReadOnlyList<StepMetrics> steps, double measured)
    {
        if (steps.Count == 0) return null;
        var claimed = steps.Skip(steps.Count * 9 / 10).Average(step => step.Loss);
        if (Math.Abs(claimed - measured) <= Absolute + Relative * measured) return null;
        return new("metrics_tampered", $"metrics.jsonl claims a train loss of {claimed:0.00} nats a token at the end; the checkpoint has {measured:0.00} on passages that it was trained on.");
    }
}
