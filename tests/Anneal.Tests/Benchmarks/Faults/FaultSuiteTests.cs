using Anneal.Benchmarks.Faults;
using Anneal.Tests.Benchmarks.Faults.Scoring;

namespace Anneal.Tests.Benchmarks.Faults;

public sealed class FaultSuiteTests
{
    [Fact]
    public void A_set_is_judged_with_ours_and_every_rule()
    {
        using var set = new HandMadeSet().Clean("twin").Decoy("cosine_restart").Fault("broken", inject: 40, "twin").Fault("sparse", inject: 40, "twin", sparse: true);
        var rows = FaultSuite.Run(["--streams", set.Directory]).ToList();
        rows.Single(row => row.Name == "clean or decoy runs killed").Met.ShouldBe(true);
        rows.Single(row => row.Name == "excess where harmed, act or warn").Value.ShouldBe(0);
        rows.Single(row => row.Name == "slow latency p50").Value.ShouldBeNull();
        rows.Single(row => row.Name == "peer, oracle: excess where harmed").Value.ShouldBe(1);
        rows.Count(row => row.Name.StartsWith("peer, ")).ShouldBeGreaterThan(25);
    }

    [Fact]
    public void The_suite_begins_with_blooms_spike_so_that_a_quick_run_is_quick()
    {
        var row = FaultSuite.Run([]).First();
        row.Name.ShouldStartWith("BLOOM-176B");
        row.Met.ShouldBe(true);
    }
}
