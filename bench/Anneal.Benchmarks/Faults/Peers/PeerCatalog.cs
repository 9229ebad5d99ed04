using Anneal.Benchmarks.Faults.Scoring;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// Every published rule that a recorded stream suffices for. Left out: ByteRobust (needs network counters), entropy of attention and router
/// indicators (need the model), a language model alone (needs a key).
/// </summary>
internal static class PeerCatalog
{
    /// <summary>All of them, their union and the oracle.</summary>
    /// <param name="healthy">Healthy runs of the tuning half, for the rules that compare trials or learn.</param>
    public static IReadOnlyList<Contender> All(IReadOnlyList<RecordedStream> healthy)
    {
        var group = new PeerGroup(healthy);
        var invariants = new LearnedInvariants(healthy);
        Contender[] peers =
        [
            Peer.Of("OLMo-core skip step", () => new SkipStep()),
            Peer.Of("OLMo-core stability", () => new StabilityMonitor()),
            Peer.Of("loss 6 sigma / 128", SixSigma.OfLoss),
            Peer.Of("gradient 6 sigma / 128", SixSigma.OfGradient),
            Peer.Of("ZClip", () => new ZClip()),
            Peer.Of("SPAM", () => new Spam()),
            Peer.Of("AdaGC", () => new AdaGc()),
            Peer.Of("fixed clip 1.0", () => new FixedClip()),
            Peer.Of("gradient 7.5x delayed", () => new DelayedMean()),
            Peer.Of("KillLossSpike", () => new KillLossSpike()),
            Peer.Of("Lightning spike", () => new SpikeDetection()),
            Peer.Of("Megatron rerun", () => new MegatronRerun()),
            Peer.Of("FlagScale +20%", () => new FlagScale()),
            Peer.Of("W&B z > 3 / 30", () => new LossZScore()),
            Peer.Of("W&B change 10 / 50", () => new LossChange()),
            Peer.Of("NVRx hang", () => new HangTimeout()),
            Peer.Of("NVRx straggler", () => new Straggler()),
            Peer.Of("nvrx-watch", () => new RestartWatch()),
            Peer.Of("ASHA", () => new Asha(group)),
            Peer.Of("median stopping", () => new MedianStopping(group)),
            Peer.Of("extrapolated stop", () => new ExtrapolatedStop(group)),
            Peer.Of("annealing residual", () => new AnnealingResidual()),
            Peer.Of("learned invariants", invariants.Check),
            Peer.Of("EarlyStopping 3", () => new EarlyStopping()),
            Peer.Of("ReduceLROnPlateau", () => new Plateau()),
        ];
        return [.. peers, Peer.Union("union of all", peers), Peer.Oracle];
    }
}
