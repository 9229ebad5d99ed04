using Anneal.Benchmarks.Faults;
using Anneal.Benchmarks.Faults.Peers;
using Anneal.Benchmarks.Faults.Scoring;

namespace Anneal.Tests.Benchmarks.Faults;

public sealed class BloomSpikeTests
{
    /// <summary>Where the published rules fire on the published rows, as surveyed; null: never.</summary>
    public static TheoryData<string, int?> Anchors => new()
    {
        { "gradient 6 sigma / 128", 31_215 },
        { "OLMo-core skip step", 31_215 },
        { "ZClip", 31_215 },
        { "loss 6 sigma / 128", 31_216 },
        { "W&B z > 3 / 30", 31_216 },
        { "gradient 7.5x delayed", 31_216 },
        { "fixed clip 1.0", 31_216 },
        { "FlagScale +20%", 31_219 },
        { "Lightning spike", null },
        { "KillLossSpike", null },
        { "Megatron rerun", null },
    };

    [Theory]
    [MemberData(nameof(Anchors))]
    public void A_peer_fires_where_the_survey_says(string peer, int? expected)
    {
        var contender = PeerCatalog.All([]).Single(contender => contender.Name == peer);
        BloomSpike.FirstAlarm(contender, BloomSpike.Stream()).ShouldBe(expected);
    }

    [Fact]
    public void Our_monitor_speaks_before_the_peak_and_lets_the_run_recover()
    {
        foreach (var seed in (int[])[1, 2, 3])
        {
            var stream = BloomSpike.Stream(seed);
            BloomSpike.FirstAlarm(ShippedMonitor.Contender, stream).ShouldNotBeNull().ShouldBeLessThan(BloomSpike.Peak);
            ShippedMonitor.Watch(stream.Lines).ShouldAllBe(alarm => !alarm.Stop);
        }
    }
}
