using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Benchmarks.Faults.Scoring;

public sealed class ScoreTests
{
    private static Alarm Warn(int step, Cause? cause = null) => new(step - 1, Severity.Warn, cause, Stop: false, "test");

    private static Alarm Act(int step, Cause? cause = null, bool stop = false) => new(step - 1, Severity.Act, cause, stop, "test");

    private static Score Hear(HandMadeSet set, Func<StreamEntry, IReadOnlyList<Alarm>> watch, StreamHalf? half = null) =>
        Hearing.Hold(set.Open(), half, [new Contender("test", (entry, _) => watch(entry))]).ShouldHaveSingleItem();

    [Fact]
    public void Firing_at_the_injection_and_never_on_the_twin_is_an_excess_of_one_at_latency_zero()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("broken", inject: 40, "twin");
        var score = Hear(set, entry => entry.IsFault ? [Act(40)] : []);
        Score.Excess(score.Faults, act: true).ShouldBe(1);
        Score.Excess(score.Faults, act: false).ShouldBe(1);
        Score.Latency(score.Faults, 0.95).ShouldBe(0);
        Score.Recall(score.Faults, act: true).ShouldBe(1);
    }

    [Fact]
    public void Firing_alike_on_the_twin_is_recall_without_excess()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("broken", inject: 40, "twin");
        var score = Hear(set, _ => [Warn(45)]);
        Score.Recall(score.Faults, act: false).ShouldBe(1);
        Score.Excess(score.Faults, act: false).ShouldBe(0);
    }

    [Fact]
    public void Firing_sooner_on_the_twin_counts_against()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("broken", inject: 40, "twin");
        Score.Excess(Hear(set, entry => entry.IsFault ? [Warn(60)] : [Warn(50)]).Faults, act: false).ShouldBe(-1);
        Score.Excess(Hear(set, entry => entry.IsFault ? [] : [Warn(50)]).Faults, act: false).ShouldBe(-1);
    }

    [Fact]
    public void Silence_on_both_is_neither_sooner_nor_later()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("broken", inject: 40, "twin");
        var score = Hear(set, _ => []);
        Score.Excess(score.Faults, act: false).ShouldBe(0);
        Score.Latency(score.Faults, 0.5).ShouldBe(double.PositiveInfinity);
        score.ComputeSaved.ShouldBe(0);
        double.IsNaN(score.FirstCauseRight).ShouldBeTrue();
    }

    [Fact]
    public void Alarms_before_the_injection_are_false_ones_and_no_recall()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("broken", inject: 40, "twin");
        var score = Hear(set, entry => entry.IsFault ? [Warn(10), Act(39)] : []);
        Score.Recall(score.Faults, act: false).ShouldBe(0);
        score.HealthySteps.ShouldBe(100 + 39);
        score.WarnsPerThousand.ShouldBe(1000.0 / 139, 1e-9);
        score.ActsPerThousand.ShouldBe(1000.0 / 139, 1e-9);
    }

    [Fact]
    public void A_detector_that_fires_at_random_has_recall_and_no_excess()
    {
        using var set = new HandMadeSet().Clean("twin");
        for (var i = 0; i < 150; i++) set.Fault($"broken{i}", inject: 1 + i % 50, "twin", sparse: i % 3 == 0);
        var random = new Random(7);
        // The twin is heard once for all, so that the faulted runs' draws alone are independent: average over several hearings.
        var (excess, recall) = (0.0, 0.0);
        for (var trial = 0; trial < 20; trial++)
        {
            var score = Hear(set, _ => Draw());
            excess += Score.Excess(score.Faults, act: false) / 20;
            recall += Score.Recall(score.Faults, act: false) / 20;
        }
        recall.ShouldBeGreaterThan(0.9);
        excess.ShouldBe(0, 0.15);

        IReadOnlyList<Alarm> Draw()
        {
            lock (random) return [.. Enumerable.Range(1, HandMadeSet.Steps).Where(_ => random.NextDouble() < 0.05).Select(step => Warn(step))];
        }
    }

    [Fact]
    public void Harm_restricts_the_excess_and_not_the_recall()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("bad", inject: 40, "twin").Fault("harmless", inject: 40, "twin", harmed: false);
        var score = Hear(set, entry => entry.Name == "bad" ? [Warn(41)] : []);
        Score.Excess(score.Harmed, act: false).ShouldBe(1);
        Score.Excess(score.Faults, act: false).ShouldBe(0.5);
        Score.Recall(score.Faults, act: false).ShouldBe(0.5);
    }

    [Fact]
    public void Compute_is_saved_from_the_stop_on_and_without_a_stop_from_the_first_act_on()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("broken", inject: 51, "twin");
        Hear(set, entry => entry.IsFault ? [Act(60), Act(75, stop: true)] : []).ComputeSaved.ShouldBe(0.5);
        Hear(set, entry => entry.IsFault ? [Warn(51), Act(60)] : []).ComputeSaved.ShouldBe(0.8);
        Hear(set, entry => entry.IsFault ? [Warn(51)] : []).ComputeSaved.ShouldBe(0);
    }

    [Fact]
    public void Only_a_stop_kills_and_only_clean_runs_and_decoys_can_be_killed()
    {
        using var set = new HandMadeSet().Clean("twin").Decoy("warmup").Fault("broken", inject: 51, "twin");
        Hear(set, _ => [Act(20)]).Killed.ShouldBe(0);
        Hear(set, _ => [Act(20, stop: true)]).Killed.ShouldBe(2);
    }

    [Fact]
    public void The_first_alarm_and_the_last_of_its_episode_are_asked_for_the_cause()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("broken", inject: 10, "twin");
        var score = Hear(set, entry => entry.IsFault ? [Warn(12, Cause.Model), Act(20, Cause.Data), Act(95, Cause.Model)] : []);
        score.FirstCauseRight.ShouldBe(0);
        score.LastCauseRight.ShouldBe(1);
        Hear(set, entry => entry.IsFault ? [Warn(12, Cause.Optimizer)] : []).FirstCauseRight.ShouldBe(1);
    }

    [Fact]
    public void Latency_quantiles_count_a_miss_as_infinite()
    {
        using var set = new HandMadeSet().Clean("twin");
        for (var i = 0; i < 20; i++) set.Fault($"broken{i}", inject: 10, "twin");
        var score = Hear(set, entry => !entry.IsFault || entry.Name is "broken0" or "broken1" ? [] : [Warn(10 + int.Parse(entry.Name[6..]))]);
        Score.Latency(score.Faults, 0.5).ShouldBe(11);
        Score.Latency(score.Faults, 0.9).ShouldBe(19);
        Score.Latency(score.Faults, 0.95).ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void A_half_is_judged_alone_though_its_twins_lie_in_the_other()
    {
        using var set = new HandMadeSet().Clean("twin").Fault("known", inject: 40, "twin").Fault("unseen", inject: 40, "twin", half: StreamHalf.Hidden);
        var score = Hear(set, entry => entry.IsFault ? [Warn(40)] : [], StreamHalf.Hidden);
        score.Faults.ShouldHaveSingleItem().Entry.Name.ShouldBe("unseen");
    }

    [Fact]
    public void The_table_names_every_fault_and_decoy()
    {
        using var set = new HandMadeSet().Clean("twin").Decoy("cosine_restart").Fault("broken", inject: 40, "twin");
        var score = Hear(set, entry => entry.IsFault ? [Warn(41, Cause.Data)] : []);
        var table = ScoreTable.Of(score);
        table.ShouldContain("broken");
        table.ShouldContain("cosine_restart");
        table.ShouldContain("data 1");
        ScoreTable.Streams(score).ShouldContain("broken.jsonl.gz");
        ScoreTable.Compare([score]).ShouldContain("test");
    }
}
