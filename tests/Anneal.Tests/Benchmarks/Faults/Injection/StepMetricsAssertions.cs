using Anneal.Runs.Protocol;

namespace Anneal.Tests.Benchmarks.Faults.Injection;

internal static class StepMetricsAssertions
{
    /// <summary>All numbers of two lines are the same, to the last bit.</summary>
    public static void ShouldBeSameStepAs(this StepMetrics line, StepMetrics other)
    {
        (line with { Extra = other.Extra }).ShouldBe(other);
        line.Extra.ShouldBe(other.Extra);
    }
}
