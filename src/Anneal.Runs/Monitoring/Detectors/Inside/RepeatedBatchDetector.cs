using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The same batch read again. In consecutive steps: a stuck loader. Batches from the middle of what was read, in their old order: a
/// cursor that went back. The next epoch repeats as well, but from its first batch on and only after everything; it is passed over, and
/// so are a step done anew after a restart and a run that reads one batch by habit.
/// </summary>
internal sealed class RepeatedBatchDetector : IDetector
{
    /// <summary>Name of a stuck loader.</summary>
    public const string Stuck = "repeated_batch";

    private const int Known = 8, StuckFor = 2, Rewound = 8;

    private readonly BatchMemory memory = new();
    private readonly Alarm stuckAlarm = new(16), rewoundAlarm = new(64);
    private ulong previous;
    private int lastStep, distinct, inARow, inOrder, since;
    private long lag;
    private bool epoch;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.BatchHash is not { Length: > 0 } text) return null;
        var hash = BatchMemory.Hash(text);
        var symptom = metrics.Step > lastStep ? Judge(metrics.Step, hash) : null;
        (previous, lastStep) = (hash, metrics.Step);
        return symptom;
    }

    private Symptom? Judge(int step, ulong hash)
    {
        if (lastStep > 0 && hash == previous)
        {
            if (distinct < Known) return null;
            if (inARow++ == 0) since = step;
            var severity = inARow >= StuckFor ? Severity.Act : Severity.Warn;
            return stuckAlarm.Raise(severity) ? Same(step, severity) : null;
        }
        inARow = 0;
        stuckAlarm.Rest();
        var symptom = memory.Find(hash) is { } earlier && earlier.Step != step ? Again(step, earlier.Position) : Fresh();
        memory.Add(hash, step);
        return symptom;
    }

    private Symptom? Fresh()
    {
        distinct++;
        (inOrder, epoch) = (0, false);
        rewoundAlarm.Rest();
        return null;
    }

    private Symptom? Again(int step, long position)
    {
        if (memory.Count - position != lag)
        {
            lag = memory.Count - position;
            // The oldest batch that is known comes again: everything was read once.
            epoch = position <= memory.Oldest + 1;
            (inOrder, since) = (0, step);
        }
        inOrder++;
        if (epoch || distinct < Known) return null;
        var severity = inOrder >= Rewound ? Severity.Act : Severity.Warn;
        if (!rewoundAlarm.Raise(severity)) return null;
        return new Symptom
        {
            Detector = "data_rewind",
            Severity = severity,
            Cause = Cause.Data,
            Confidence = severity == Severity.Act ? 0.99 : 0.9,
            Directness = 2,
            Since = since,
            Message = $"The batch of step {step} was read before, {lag} batches ago and from the middle of the data ({inOrder} such in order): the reader went back instead of on.",
            Evidence = new Dictionary<string, double> { ["lag"] = lag, ["in_order"] = inOrder, ["distinct"] = distinct },
        };
    }

    private Symptom Same(int step, Severity severity) => new()
    {
        Detector = Stuck,
        Severity = severity,
        Cause = Cause.Data,
        Confidence = severity == Severity.Act ? 0.999 : 0.97,
        Directness = 2,
        Since = since,
        Message = $"Step {step} trained on the very batch of the step before ({inARow + 1} times by now, after {distinct} different ones): the loader is stuck.",
        Evidence = new Dictionary<string, double> { ["times"] = inARow + 1, ["distinct"] = distinct },
    };
}
