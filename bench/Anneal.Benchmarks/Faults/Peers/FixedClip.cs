using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>Gradient clipping at a global norm of 1.0, the customary default, taken as an alarm wherever it clips.</summary>
internal sealed class FixedClip : IPeerRule
{
    private const double Norm = 1;

    public Consequence? Hear(StepMetrics step) => step.GradNorm > Norm ? Consequence.Act : null;
}
