using Anneal.Runs.Monitoring.Detectors.Curve;
using Anneal.Runs.Monitoring.Detectors.Inside;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors;

/// <summary>Every detector of this version, by the signals that it looks at.</summary>
internal static class DetectorSet
{
    /// <summary>Fresh detectors for one run, in the order in which they look.</summary>
    public static IDetector[] Create(MonitorOptions options) =>
    [
        .. OfTheCurve(options).Concat(OfTheInside()).Where(detector => options.Policy != MonitorPolicy.Stop || IsOfCompared(detector)),
    ];

    // Runs that are compared share a machine, slow each other and are judged by FLOPs; who started them watches their silence and
    // memory. Whether they need a warmup is what is tried.
    private static bool IsOfCompared(IDetector detector) => detector is not (StragglerDetector or HangDetector or MemoryLeakDetector or MissingWarmupDetector);

    /// <summary>Loss, gradient norm, learning rate: what nearly every trainer prints.</summary>
    private static IEnumerable<IDetector> OfTheCurve(MonitorOptions options) =>
    [
        new NonFiniteDetector(),
        new RepeatedLossDetector(),
        new MissingWarmupDetector(),
        new LearningRateJumpDetector(),
        new LearningRateFallDetector(),
        new LearningRateRunawayDetector(),
        new LearningRateStuckDetector(),
        new GradNormDetector(),
        new LossRiseDetector(),
        new LossDropDetector(),
        new DriftDetector(vitals => vitals.Loss, "loss", 3.6),
        new DriftDetector(vitals => vitals.GradNorm, "grad_norm", 3.9),
        new DivergenceDetector(options.Steps),
        new HopelessDetector(options.Steps, options.Reference),
    ];

    /// <summary>Blocks, optimizer state, batches, held-out loss, samples, machine: where the trainer says them.</summary>
    internal static IEnumerable<IDetector> OfTheInside()
    {
        var blocks = new BlockReadings();
        return
        [
            new RepeatedBatchDetector(),
            new RepeatFractionDetector(),
            new TokenEntropyDetector(),
            new TextDriftDetector(),
            new InitialisationDetector(),
            new AlteredWeightsDetector(),
            new FrozenBlockDetector(blocks),
            .. BlockLeapRule.All.Select(rule => new BlockLeapDetector(blocks, rule)),
            new UpdateRatioDetector(),
            new StandstillDetector(),
            new ShrinkingWeightsDetector(),
            new ClipBypassDetector(),
            new ClipSaturationDetector(),
            new HeldOutDetector(blocks),
            new SampleCollapseDetector(),
            new StragglerDetector(),
            new HangDetector(),
            new MemoryLeakDetector(),
            new CrashLoopDetector(),
        ];
    }
}
