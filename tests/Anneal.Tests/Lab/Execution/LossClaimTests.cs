using Anneal.Lab.Execution;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Lab.Execution;

public class LossClaimTests
{
    private static List<StepMetrics> Falling(double last) => [.. Enumerable.Range(1, 100).Select(step => new StepMetrics { Step = step, Loss = last + 3.0 / step })];

    [Theory]
    [InlineData(3.0, 3.1, true)]
    [InlineData(3.0, 3.9, true)]
    [InlineData(0.1, 3.0, false)]
    [InlineData(6.0, 3.0, false)]
    public void A_claim_is_believed_as_long_as_the_checkpoint_bears_it_out(double claimed, double measured, bool believed) =>
        (LossClaim.Contradicted(Falling(claimed), measured) is null).ShouldBe(believed);
}
