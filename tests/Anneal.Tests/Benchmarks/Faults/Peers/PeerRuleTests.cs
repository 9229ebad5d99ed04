using Anneal.Benchmarks.Faults.Peers;
using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Benchmarks.Faults.Peers;

/// <summary>Each rule on a stream whose answer is worked out by hand. Steps count from 1.</summary>
public sealed class PeerRuleTests
{
    private static readonly PeerGroup Alone = new([]);

    /// <summary>Steps at which a rule fires.</summary>
    private static int[] Fires(IPeerRule rule, IEnumerable<StepMetrics> steps) => [.. steps.Where(step => rule.Hear(step) is not null).Select(step => step.Step)];

    private static IEnumerable<StepMetrics> Losses(params IEnumerable<double> losses) => losses.Select((loss, i) => new StepMetrics { Step = i + 1, Loss = loss, GradNorm = 0.5, LearningRate = 1e-3, Time = i + 1 });

    private static IEnumerable<StepMetrics> Norms(params IEnumerable<double> norms) => norms.Select((norm, i) => new StepMetrics { Step = i + 1, Loss = 2, GradNorm = norm });

    /// <summary>Alternates about a level: mean <paramref name="level"/>, sample deviation close to <paramref name="spread"/>.</summary>
    private static IEnumerable<double> Around(double level, double spread, int count) => Enumerable.Range(0, count).Select(i => level + (i % 2 == 0 ? spread : -spread));

    [Fact]
    public void Six_sigma_waits_for_64_values_and_fires_beyond_six_deviations()
    {
        Fires(SixSigma.OfLoss(), Losses([.. Around(2, 0.01, 63), 9])).ShouldBe([]);
        // Deviation 0.01 * sqrt(64 / 63): six of them are 0.0605.
        Fires(SixSigma.OfLoss(), Losses([.. Around(2, 0.01, 64), 2.060])).ShouldBe([]);
        Fires(SixSigma.OfLoss(), Losses([.. Around(2, 0.01, 64), 2.061])).ShouldBe([65]);
    }

    [Fact]
    public void Skip_step_hears_loss_and_gradient_and_a_nan_blinds_its_window()
    {
        var healthy = Around(2, 0.01, 100).ToList();
        var rule = new SkipStep();
        Fires(rule, Losses(healthy)).ShouldBe([]);
        rule.Hear(new() { Step = 101, Loss = 2, GradNorm = 5 }).ShouldBe(Consequence.Act);
        rule.Hear(new() { Step = 102, Loss = double.NaN, GradNorm = 0.5 }).ShouldBe(Consequence.Act);
        rule.Hear(new() { Step = 103, Loss = 2, GradNorm = 0.5 }).ShouldBe(Consequence.Act);
    }

    [Fact]
    public void The_stability_monitor_logs_a_spike_and_raises_on_nan_at_the_next_flush()
    {
        var rule = new StabilityMonitor();
        Fires(rule, Losses(Around(2, 0.01, 101))).ShouldBe([]);
        rule.Hear(new() { Step = 102, Loss = 5 }).ShouldBe(Consequence.Warn);
        rule.Hear(new() { Step = 103, Loss = double.NaN }).ShouldBeNull();
        rule.Hear(new() { Step = 104, Loss = 2 }).ShouldBeNull();
        rule.Hear(new() { Step = 105, Loss = 2 }).ShouldBe(Consequence.Stop);
    }

    [Fact]
    public void Zclip_fires_beyond_two_and_a_half_deviations_after_25_norms_and_learns_the_clipped_one()
    {
        // 24 alternating and one at the mean: population deviation 0.1 * sqrt(24 / 25) = 0.098; 2.5 of them end at 1.245.
        Fires(new ZClip(), Norms([.. Around(1, 0.1, 24), 1, 1.24])).ShouldBe([]);
        Fires(new ZClip(), Norms([.. Around(1, 0.1, 24), 1, 1.25])).ShouldBe([26]);
        Fires(new ZClip(), Norms([.. Around(1, 0.1, 24), 1, 50, 1.25])).ShouldBe([26, 27]);
    }

    [Fact]
    public void Spam_fires_beyond_seventy_times_the_root_mean_square()
    {
        // sqrt(5000) = 70.7.
        Fires(new Spam(), Norms([.. Enumerable.Repeat(1.0, 50), 70])).ShouldBe([]);
        Fires(new Spam(), Norms([.. Enumerable.Repeat(1.0, 50), 71])).ShouldBe([51]);
    }

    [Fact]
    public void Spam_looks_at_each_block_that_is_logged()
    {
        var rule = new Spam();
        StepMetrics Step(double block) => new() { Step = 1, Loss = 2, GradNorm = 100, Extra = new Dictionary<string, double> { ["train/grad_norm/block0"] = block } };
        for (var i = 0; i < 20; i++) rule.Hear(Step(1)).ShouldBeNull();
        rule.Hear(Step(80)).ShouldBe(Consequence.Act);
    }

    [Fact]
    public void AdaGC_clips_to_one_for_100_steps_then_to_105_percent_of_its_average()
    {
        Fires(new AdaGc(), Norms([.. Enumerable.Repeat(0.5, 9), 1.5])).ShouldBe([10]);
        Fires(new AdaGc(), Norms([.. Enumerable.Repeat(0.5, 100), 0.52, 0.53])).ShouldBe([102]);
    }

    [Fact]
    public void The_delayed_mean_is_blind_for_1000_steps()
    {
        Fires(new DelayedMean(), Norms([.. Enumerable.Repeat(1.0, 999), 100])).ShouldBe([]);
        Fires(new DelayedMean(), Norms([.. Enumerable.Repeat(1.0, 1000), 7.5, 7.6])).ShouldBe([1002]);
    }

    [Fact]
    public void KillLossSpike_fires_at_the_fifth_doubled_loss_in_a_row()
    {
        Fires(new KillLossSpike(), Losses([.. Enumerable.Repeat(2.0, 100), 9, 9, 9, 9, 2, 9, 9, 9, 9])).ShouldBe([]);
        Fires(new KillLossSpike(), Losses([.. Enumerable.Repeat(2.0, 100), 9, 9, 9, 9, 9])).ShouldBe([105]);
    }

    [Fact]
    public void KillLossSpike_fires_when_half_of_its_window_is_above_the_first_windows_greatest()
    {
        // From 200 steps on; the window then holds 49 high ones before step 200, and 50 before step 201.
        Fires(new KillLossSpike(), Losses([.. Enumerable.Repeat(2.0, 150), .. Enumerable.Repeat(3.0, 52)])).ShouldBe([201, 202]);
    }

    [Fact]
    public void Lightnings_spike_is_three_times_the_mean_or_no_number_and_ends_the_run()
    {
        Fires(new SpikeDetection(), Losses(2, 2, 5.9)).ShouldBe([]);
        Fires(new SpikeDetection(), Losses(2, 2, 6)).ShouldBe([3]);
        var rule = new SpikeDetection();
        rule.Hear(new() { Step = 1, Loss = 2 });
        rule.Hear(new() { Step = 2, Loss = double.NaN }).ShouldBe(Consequence.Stop);
    }

    [Fact]
    public void Megatron_needs_ten_times_the_greatest_of_the_first_hundred()
    {
        Fires(new MegatronRerun(), Losses([4, .. Enumerable.Repeat(2.0, 99), 39, 40])).ShouldBe([102]);
        Fires(new MegatronRerun(), Losses(2, double.NaN)).ShouldBe([2]);
    }

    [Fact]
    public void FlagScale_fires_on_a_rise_by_more_than_a_fifth() => Fires(new FlagScale(), Losses(2, 2.4, 2, 2.41)).ShouldBe([4]);

    [Fact]
    public void The_z_score_of_thirty_looks_both_ways()
    {
        Fires(new LossZScore(), Losses([.. Around(2, 0.01, 30), 2.03])).ShouldBe([]);
        Fires(new LossZScore(), Losses([.. Around(2, 0.01, 30), 2.031])).ShouldBe([31]);
        Fires(new LossZScore(), Losses([.. Around(2, 0.01, 30), 1.969])).ShouldBe([31]);
    }

    [Fact]
    public void The_change_automation_compares_ten_with_the_fifty_before()
    {
        // Ten of 2.2 among 2: after all ten the recent mean is exactly 10% above.
        Fires(new LossChange(), Losses([.. Enumerable.Repeat(2.0, 60), .. Enumerable.Repeat(2.19, 10)])).ShouldBe([]);
        Fires(new LossChange(), Losses([.. Enumerable.Repeat(2.0, 60), .. Enumerable.Repeat(2.21, 10)])).ShouldBe([70]);
    }

    [Fact]
    public void A_hang_is_five_times_the_longest_interval()
    {
        static IEnumerable<StepMetrics> Gap(double seconds) => Enumerable.Range(1, 20).Select(i => new StepMetrics { Step = i, Loss = 2, Time = i }).Append(new() { Step = 21, Loss = 2, Time = 20 + seconds });
        Fires(new HangTimeout(), Gap(5)).ShouldBe([]);
        Fires(new HangTimeout(), Gap(5.1)).ShouldBe([21]);
    }

    [Fact]
    public void A_straggler_takes_a_third_longer_than_its_best()
    {
        static IEnumerable<StepMetrics> Slower(double factor) => Enumerable.Range(1, 32).Select(i => new StepMetrics { Step = i, Loss = 2, StepSeconds = i <= 16 ? 1 : factor });
        Fires(new Straggler(), Slower(1.33)).ShouldBe([]);
        Fires(new Straggler(), Slower(1.34)).ShouldBe([32]);
    }

    [Fact]
    public void Three_restarts_without_progress_are_a_crash_loop()
    {
        static IEnumerable<StepMetrics> Run(int[] steps) => steps.Select(step => new StepMetrics { Step = step, Loss = 2 });
        Fires(new RestartWatch(), Run([1, 2, 3, 1, 2, 3, 1, 2, 3, 1])).ShouldBe([1]);
        Fires(new RestartWatch(), Run([1, 2, 3, 2, 3, 4, 3, 4, 5, 4])).ShouldBe([]);
    }

    [Fact]
    public void The_fixed_clip_fires_above_one() => Fires(new FixedClip(), Norms(1, 1.01)).ShouldBe([2]);

    [Fact]
    public void Early_stopping_waits_for_three_evaluations_and_prefers_held_out_loss()
    {
        static StepMetrics Evaluated(double loss) => new() { Step = 1, Loss = double.NaN, Extra = new Dictionary<string, double> { ["val/loss"] = loss } };
        var rule = new EarlyStopping();
        double[] losses = [3, 2.9, 2.95, 2.9, 2.91];
        losses.Select(loss => rule.Hear(Evaluated(loss))).ShouldBe([null, null, null, null, Consequence.Stop]);
        rule.Hear(new() { Step = 60, Loss = 99 }).ShouldBeNull();
        // Without held-out losses, the mean of each fifty training steps: 50 better ones, then 150 worse.
        Fires(new EarlyStopping(), Losses([.. Enumerable.Repeat(2.0, 50), .. Enumerable.Repeat(3.0, 150)])).ShouldBe([200]);
    }

    [Fact]
    public void A_plateau_is_more_than_ten_evaluations_without_gain() =>
        Fires(new Plateau(), Losses(Enumerable.Repeat(2.0, 50 * 12))).ShouldBe([600]);

    [Fact]
    public void Asha_keeps_the_best_quarter_of_each_rung()
    {
        var group = new PeerGroup([.. new double[] { 1, 2, 3, 4, 5 }.Select(loss => Stream(loss, 40))]);
        Fires(new Asha(group), Losses(Enumerable.Repeat(1.9, 10))).ShouldBe([]);
        Fires(new Asha(group), Losses(Enumerable.Repeat(2.1, 10))).ShouldBe([10]);
    }

    [Fact]
    public void Median_stopping_waits_a_minute_and_for_three_others()
    {
        var group = new PeerGroup([Stream(2, 100), Stream(3, 100), Stream(4, 100)]);
        Fires(new MedianStopping(group), Losses(Enumerable.Repeat(3.1, 60))).ShouldBe([60]);
        Fires(new MedianStopping(group), Losses(Enumerable.Repeat(2.9, 100))).ShouldBe([]);
        Fires(new MedianStopping(new([Stream(2, 100)])), Losses(Enumerable.Repeat(9.0, 100))).ShouldBe([]);
    }

    [Fact]
    public void An_extrapolated_run_is_stopped_only_when_it_will_end_worse_than_the_best()
    {
        var group = new PeerGroup([Curve(2)]);
        Fires(new ExtrapolatedStop(group), Curve(1.9).Steps).ShouldBe([]);
        Fires(new ExtrapolatedStop(group), Curve(3).Steps).First().ShouldBe(100);

        static RecordedStream Curve(double end) => new([.. Enumerable.Range(1, 400).Select(i => new StreamLine(new() { Step = i, Loss = end + 3 / Math.Sqrt(i) }, IsMeasurement: false))]);
    }

    [Fact]
    public void The_annealing_residual_follows_the_rate_and_fires_on_a_jump()
    {
        var random = new Random(3);
        var steps = Enumerable.Range(1, 600).Select(i => new StepMetrics
        {
            Step = i,
            LearningRate = i < 400 ? 1e-3 : 1e-3 * (600 - i) / 200,
            Loss = 2 + 1 / Math.Sqrt(i) - (i < 400 ? 0 : 0.2 * (i - 400) / 200) + 0.02 * (random.NextDouble() - 0.5) + (i == 380 ? 0.2 : 0),
        });
        Fires(new AnnealingResidual(), steps).ShouldBe([380]);
        Fires(new AnnealingResidual(), steps.Select(step => step with { LearningRate = null, Loss = double.NaN })).ShouldBe([]);
    }

    [Fact]
    public void Invariants_are_learned_from_healthy_runs_and_told_once()
    {
        var healthy = new RecordedStream([.. Enumerable.Range(1, 50).Select(i => new StreamLine(Step(i, $"{i}"), IsMeasurement: false))]);
        var invariants = new LearnedInvariants([healthy]);
        Fires(invariants.Check(), healthy.Steps).ShouldBe([]);
        // The same batch twice; a norm that drops by more than any seen; a rate of zero.
        Fires(invariants.Check(), [Step(1, "a"), Step(2, "a"), Step(3, "a")]).ShouldBe([2]);
        Fires(invariants.Check(), [Step(1, "a"), Step(2, "b") with { GradNorm = 0.1 }]).ShouldBe([2]);
        Fires(invariants.Check(), [Step(1, "a") with { LearningRate = 0 }]).ShouldBe([1]);

        static StepMetrics Step(int i, string hash) => new() { Step = i, Loss = 2 + 0.01 * (i % 7), GradNorm = 0.5 + 0.1 * (i % 3), LearningRate = 1e-3, BatchHash = hash };
    }

    [Fact]
    public void The_union_fires_where_anybody_does_and_the_oracle_at_the_injection()
    {
        var stream = new RecordedStream([.. Losses(2, 2, 9).Select(step => new StreamLine(step, IsMeasurement: false))]);
        var fault = new StreamEntry { Stream = "x", Kind = StreamKind.Fault, Name = "x", Inject = 2, Cause = [Cause.Data] };
        Peer.Union("union", [Peer.Of("a", () => new FlagScale()), Peer.Of("b", () => new SpikeDetection())]).Watch(fault, stream).Count.ShouldBe(2);
        var alarm = Peer.Oracle.Watch(fault, stream).ShouldHaveSingleItem();
        (alarm.At, alarm.Cause).ShouldBe((1, Cause.Data));
        Peer.Oracle.Watch(fault with { Kind = StreamKind.Clean }, stream).ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_in_the_catalogue_shares_a_name_and_none_speaks_on_a_flat_run()
    {
        var peers = PeerCatalog.All([]);
        peers.Select(peer => peer.Name).ShouldBeUnique();
        var entry = new StreamEntry { Stream = "x", Kind = StreamKind.Clean, Name = "clean" };
        var flat = new RecordedStream([.. Losses(Around(2, 0.01, 300)).Select(step => new StreamLine(step, IsMeasurement: false))]);
        foreach (var peer in peers) peer.Watch(entry, flat).Where(alarm => !alarm.Words.Contains("EarlyStopping")).ShouldBeEmpty(peer.Name);
    }

    private static RecordedStream Stream(double loss, int steps) => new([.. Losses(Enumerable.Repeat(loss, steps)).Select(step => new StreamLine(step, IsMeasurement: false))]);
}
