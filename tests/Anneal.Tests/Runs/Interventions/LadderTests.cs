using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Interventions;

public class LadderTests
{
    private static readonly string[] all = [.. Enum.GetValues<ControlVerb>().Select(Capability.Word)];

    [Theory]
    [InlineData(Cause.Data, "garbage", "skip rewind rewind stop")]
    [InlineData(Cause.Data, "repeated_batch", "rewind rewind rewind stop")]
    [InlineData(Cause.Optimizer, "divergence", "rewind rewind rewind stop")]
    [InlineData(Cause.Optimizer, "gradient_explosion", "clip scale_lr rewind stop")]
    [InlineData(Cause.Schedule, "learning_rate", "clip scale_lr rewind stop")]
    [InlineData(Cause.Numerics, "non_finite", "rewind rewind rewind stop")]
    [InlineData(Cause.Model, "dead_units", "rewind rewind rewind stop")]
    [InlineData(Cause.Infrastructure, "hang", "restart restart restart stop")]
    [InlineData(Cause.Evaluation, "contamination", "none none none stop")]
    public void Each_cause_has_three_tries_and_then_the_run_is_stopped(Cause cause, string detector, string actions) =>
        Tries(Seen(cause, detector), all).ShouldBe(actions);

    [Theory]
    [InlineData("stop", "none none none stop")]
    [InlineData("set_lr_scale", "scale_lr scale_lr scale_lr stop")]
    [InlineData("load_checkpoint", "rewind rewind rewind stop")]
    [InlineData("set_clip", "none none none stop")]
    public void What_a_trainer_cannot_do_is_left_out(string capability, string actions) =>
        Tries(Seen(Cause.Optimizer, "divergence"), [capability]).ShouldBe(actions);

    [Fact]
    public void A_lost_state_without_a_way_back_is_stopped_at_once()
    {
        Ladder.Next(Seen(Cause.Numerics, "non_finite") with { Fatal = true }, 0, []).Action.ShouldBe(IncidentAction.Stop);
        Ladder.Next(Seen(Cause.Data, "garbage") with { Fatal = true }, 0, null).Action.ShouldBe(IncidentAction.Rewind);
    }

    [Theory]
    [InlineData(0.01, 0.001, 0.1)]
    [InlineData(0.001, 0.002, 2)]
    [InlineData(1e9, 1e-3, 0.02)]
    [InlineData(1e-9, 1e-3, 10)]
    public void A_rate_with_an_expectation_is_put_where_it_is_expected_within_bounds(double rate, double expected, double scale)
    {
        var incident = Seen(Cause.Schedule, "learning_rate") with { Evidence = new Dictionary<string, double> { ["train/lr"] = rate, ["expected"] = expected, ["factor"] = rate / expected } };

        var remedy = Ladder.Next(incident, 0, null);

        remedy.Action.ShouldBe(IncidentAction.ScaleLr);
        remedy.Scale.ShouldBe(scale, 1e-12);
        Ladder.Next(incident, 1, null).Action.ShouldBe(IncidentAction.Rewind);
    }

    [Fact]
    public void An_expectation_of_another_signal_is_not_taken_for_a_rate()
    {
        Remedy First(params (string Name, double Value)[] evidence) => Ladder.Next(Seen(Cause.Schedule, "lr_jump") with { Evidence = evidence.ToDictionary(e => e.Name, e => e.Value) }, 0, null);

        First(("train/lr", 0.03), ("expected", 3.1), ("factor", 10), ("peak", 0.003)).Scale.ShouldBe(0.1, 1e-12);
        First(("train/lr", 0.03), ("expected", 3.1), ("factor", 7)).Action.ShouldBe(IncidentAction.Clip);
        First(("train/lr", 0), ("expected", 0.003), ("factor", 0)).Action.ShouldBe(IncidentAction.None);
    }

    [Theory]
    [InlineData(Cause.Model, "frozen_block")]
    [InlineData(Cause.Data, "repeated_batch")]
    public void What_no_smaller_rate_wakes_keeps_its_rate(Cause cause, string detector) =>
        Enumerable.Range(0, 3).Select(tries => Ladder.Next(Seen(cause, detector), tries, null).Scale).ShouldAllBe(scale => scale == 1);

    [Fact]
    public void A_stuck_loader_is_not_passed_over() =>
        Tries(Seen(Cause.Data, "repeated_batch"), ["skip_steps"]).ShouldBe("none none none stop");

    [Fact]
    public void A_part_of_the_model_that_does_no_harm_is_no_reason_to_stop()
    {
        Ladder.Next(Seen(Cause.Model, "frozen_block"), 3, all, isHurt: false).Action.ShouldBe(IncidentAction.None);
        Ladder.Next(Seen(Cause.Model, "frozen_block") with { Fatal = true }, 3, all, isHurt: false).Action.ShouldBe(IncidentAction.Stop);
        Ladder.Next(Seen(Cause.Data, "garbage"), 3, all, isHurt: false).Action.ShouldBe(IncidentAction.Stop);
    }

    [Fact]
    public void A_later_try_goes_further_back_and_on_more_slowly()
    {
        var incident = Seen(Cause.Optimizer, "divergence");

        Enumerable.Range(0, 3).Select(tries => Ladder.Next(incident, tries, null)).Select(r => (r.Scale, r.Older)).ShouldBe([(1, 0), (0.5, 0), (0.5, 1)]);
    }

    private static string Tries(Incident incident, string[] capabilities) =>
        string.Join(' ', Enumerable.Range(0, 4).Select(tries => Advice.Snake(Ladder.Next(incident, tries, capabilities).Action)));

    private static Incident Seen(Cause cause, string detector) => new() { Step = 100, Severity = Severity.Act, Detector = detector, Cause = cause, Message = "it broke" };
}
