using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// Megatron-LM's rerun state machine with <c>--check-for-spiky-loss</c>: a loss at least ten times the greatest of the first 100 is computed
/// again; one that is not finite is computed again, then on another device (the process exits to be restarted there). Either changes the run.
/// </summary>
internal sealed class MegatronRerun : IPeerRule
{
    private const int Samples = 100;
    private const double Factor = 10;

    private int heard;
    private double greatest;

    public Consequence? Hear(StepMetrics step)
    {
        if (!double.IsFinite(step.Loss)) return Consequence.Act;
        if (heard < Samples)
        {
            heard++;
            greatest = Math.Max(greatest, step.Loss);
            return null;
        }
        return step.Loss >= Factor * greatest ? Consequence.Act : null;
    }
}
