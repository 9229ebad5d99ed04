using Anneal.Benchmarks.Faults.Injection;
using Anneal.Benchmarks.Faults.Repairs;
using Anneal.Runs.Protocol;
using Anneal.Tests.Benchmarks.Faults.Injection;

namespace Anneal.Tests.Benchmarks.Faults.Repairs;

public class RepairTrialTests(TinyFaults tiny) : IClassFixture<TinyFaults>
{
    [Fact]
    public void A_weight_that_became_no_number_is_left_behind_by_going_back()
    {
        var fault = FaultTable.All.Single(f => f.Name == "masked_nan");
        // There has to be a state from before the fault.
        var seed = Enumerable.Range(1, 50).First(s => CleanRun.At(fault, TinyFaults.Scale, s) > CleanRun.CheckpointEvery + 10);
        using var clean = new CleanRun(tiny.Corpus, TinyFaults.Scale, seed, [fault]);
        var at = clean.Injections.Single().At;

        using var alone = clean.Fork(fault.Injection, at);
        while (!alone.Done) alone.Step();
        alone.FinalLoss().ShouldBe(Math.Log(FaultCorpus.Vocab), "a model of not-a-number knows nothing");

        var outcome = RepairTrial.Train(clean, fault, at);
        outcome.IsRepaired.ShouldBeTrue(outcome.Words);
        outcome.Interventions.ShouldContain(one => one.Action == IncidentAction.Rewind);
        outcome.Step.ShouldBe(TinyFaults.Steps);
        outcome.Loss.ShouldBe(clean.FinalLoss, 0.1);
    }

    [Fact]
    public void A_healthy_run_is_led_to_the_very_end_that_it_had_unwatched()
    {
        using var clean = new CleanRun(tiny.Corpus, TinyFaults.Scale, TinyFaults.Seed, []);
        var outcome = RepairTrial.Train(clean, null, 1);
        outcome.IsUntouched.ShouldBeTrue(outcome.Words);
        outcome.Loss.ShouldBe(clean.FinalLoss);
    }

    [Fact]
    public void What_an_order_cannot_reach_is_not_tried()
    {
        FaultTable.All.Where(RepairTrial.IsWithinReach).Select(fault => fault.Name).ShouldNotContain("hang");
        FaultTable.All.Where(RepairTrial.IsWithinReach).Select(fault => fault.Name).ShouldNotContain("decay_too_strong");
        FaultTable.All.Count(RepairTrial.IsWithinReach).ShouldBeGreaterThan(20);
    }
}
