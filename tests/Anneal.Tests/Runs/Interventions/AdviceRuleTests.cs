using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Interventions;

public class AdviceRuleTests
{
    [Theory]
    [InlineData(0.9, IncidentAction.ScaleLr, 0.5, IncidentAction.None, 0, "taken: scale_lr 0.5")]
    [InlineData(0.9, IncidentAction.Rewind, null, IncidentAction.None, 2, "taken: rewind")]
    [InlineData(0.9, IncidentAction.None, null, IncidentAction.None, 0, "noted: no action advised")]
    [InlineData(0.9, IncidentAction.Rewind, null, IncidentAction.Rewind, 0, "noted: the policy had done so (rewind)")]
    [InlineData(0.9, IncidentAction.Rewind, null, IncidentAction.Clip, 0, "noted: the policy's action was clip, and stands")]
    [InlineData(0.9, IncidentAction.Rewind, null, IncidentAction.Stop, 0, "refused: the policy had stopped the run at step 7; nothing is left to act on")]
    [InlineData(0.9, IncidentAction.Stop, null, IncidentAction.None, 0, "refused: a stop is the policy's alone")]
    [InlineData(0.9, IncidentAction.Rewind, null, IncidentAction.None, 3, "refused: 3 tries against this cause are made")]
    [InlineData(0.9, IncidentAction.Skip, 4.0, IncidentAction.None, 0, "refused: this trainer cannot skip now")]
    [InlineData(0.3, IncidentAction.Rewind, null, IncidentAction.None, 0, "refused: confidence 0.30 in the cause is below 0.50")]
    [InlineData(double.NaN, IncidentAction.Rewind, null, IncidentAction.None, 0, "refused: confidence NaN in the cause is below 0.50")]
    public void Advice_is_taken_within_bounds_noted_or_refused_with_a_reason(double confidence, IncidentAction advised, double? value, IncidentAction done, int tries, string words) =>
        AdviceRule.Weigh(new(Cause.Optimizer, confidence, advised, value, "because"), Seen with { Action = done }, tries, ["load_checkpoint", "set_lr_scale"]).Words.ShouldBe(words);

    [Fact]
    public void A_number_out_of_bounds_is_refused_whoever_checked_it_before() =>
        AdviceRule.Weigh(new(Cause.Optimizer, 1, IncidentAction.ScaleLr, 50, "because"), Seen, 0, null).Words.ShouldStartWith("refused: input.value is 50");

    [Fact]
    public void A_warning_is_not_acted_upon() =>
        AdviceRule.Weigh(new(Cause.Optimizer, 1, IncidentAction.Rewind, null, "because"), Seen with { Severity = Severity.Warn }, 0, null).Words.ShouldBe("noted: a warning is not acted upon");

    private static Incident Seen { get; } = new() { Step = 7, Severity = Severity.Act, Detector = "divergence", Cause = Cause.Optimizer, Message = "it broke" };
}
