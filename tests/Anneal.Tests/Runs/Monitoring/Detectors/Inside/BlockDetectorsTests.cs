using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

public class BlockDetectorsTests
{
    private static readonly string[] ours = ["embed", "block.0", "block.1", "block.2", "head"], foreign = ["model/layers.0.attn.wq", "model/layers.0.mlp", "model/layers.1.attn.wq", "tok emb", "ln_f"];

    [Theory]
    [InlineData("train/grad_norm/", 30, 1, "block_gradient", Cause.Numerics)]
    [InlineData("train/grad_norm/", 30, 20, "block_gradient", Cause.Numerics)]
    [InlineData("train/grad_norm/", 0.01, 10, "block_gradient", Cause.Numerics)]
    [InlineData("train/param_norm/", 3, 10, "block_weights", Cause.Model)]
    [InlineData("model/act_rms/", 4, 10, "activation_scale", Cause.Model)]
    [InlineData("model/act_rms/", 0.1, 10, "activation_scale", Cause.Model)]
    [InlineData("model/zero_fraction/", 1.5, 10, "dead_units", Cause.Model)]
    [InlineData("model/zero_fraction/", 1.25, 20, "dead_units", Cause.Model)]
    [InlineData("model/max_attn_logit", 8, 10, "attention_collapse", Cause.Model)]
    [InlineData("model/max_attn_logit", 64, 1, "attention_collapse", Cause.Model)]
    public void A_statistic_of_one_part_that_leaps_is_told_at_its_first_reading(string prefix, double factor, int every, string detector, Cause cause)
    {
        foreach (var names in new[] { ours, foreign })
        {
            var run = new HealthyRun(5) { Blocks = names, BlocksEvery = every, Alter = (m, e) => m.Step < 301 ? m : Scale(m, e, prefix.EndsWith('/') ? prefix + names[1] : prefix, factor) };
            var incident = InsideWatch.First(run.Stream(), detector);
            incident.Cause.ShouldBe(cause);
            incident.Step.ShouldBeInRange(301, 301 + (2 * every));
            if (prefix.EndsWith('/')) incident.Message.ShouldContain(names[1]);
        }
    }

    [Theory]
    [InlineData("train/grad_norm/", 0.0)]
    [InlineData("train/param_norm/", 18.5)]
    public void A_part_that_stands_still_while_others_move_is_frozen(string prefix, double value)
    {
        var run = new HealthyRun(6) { Alter = (m, e) => m.Step < 301 || !e.ContainsKey(prefix + "block.1") ? m : Set(m, e, prefix + "block.1", value) };
        var incidents = InsideWatch.Watch(run.Stream()).Where(i => i.Detector == "frozen_block").ToList();

        incidents.Select(i => i.Severity).ShouldBe([Severity.Warn, Severity.Act]);
        incidents[1].Step.ShouldBeLessThanOrEqualTo(340);
        incidents[1].Cause.ShouldBe(Cause.Model);
    }

    [Fact]
    public void A_spike_in_all_parts_is_no_part_s_own() =>
        InsideWatch.Watch(new HealthyRun(7)
        {
            Alter = (m, e) => m.Step is < 310 or > 330 ? m : ours.Aggregate(m, (all, name) => e.ContainsKey("train/grad_norm/" + name) ? Scale(all, e, "train/grad_norm/" + name, 20) : all),
        }.Stream()).ShouldBeEmpty();

    [Fact]
    public void A_first_loss_far_above_any_vocabulary_is_a_wrong_start()
    {
        var incident = InsideWatch.First(new HealthyRun(1) { Alter = (m, _) => m with { Loss = m.Loss + (40 * Math.Exp(-m.Step / 20.0)) } }.Stream(), "initialisation");

        (incident.Step, incident.Cause).ShouldBe((1, Cause.Model));
    }

    private static StepMetrics Scale(StepMetrics m, Dictionary<string, double> extra, string name, double factor) =>
        extra.TryGetValue(name, out var value) ? Set(m, extra, name, value * factor) : m;

    private static StepMetrics Set(StepMetrics m, Dictionary<string, double> extra, string name, double value)
    {
        extra[name] = value;
        return m;
    }
}
