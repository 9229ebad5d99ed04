using Anneal.Runs.Monitoring.Statistics;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// Loss that leaves its forecast upwards within a few steps: a spike if it comes back, a shift if it stays. It warns at the first
/// moment that the run's own noise and tails cannot explain. It acts only on what stays, does not mend, and is larger than
/// text that is merely harder: a share of all that was learnt so far.
/// </summary>
internal sealed class LossRiseDetector : IDetector
{
    private const double Warns = 4.2, LeastOfLoss = 1.5, LeastNats = 0.04;
    // Nats, and shares of the progress since the start, above the level before.
    private const double LeastAct = 0.8, ActShare = 0.3, BigAct = 1.5, BigShare = 0.6, Mending = 0.75, BackSoon = 0.8;
    private const int BigSteps = 8, Few = 3, ActSteps = 20, Start = 4, MostSteps = 400, Precursor = 4, Settled = 6, LastingSteps = 64;
    private const int MaybeEasy = 160;
    private const double Easier = 3, SurelyEasier = 4.2;
    private const double LastingNats = 0.52, LastingSigmas = 2;

    private readonly LevelTest test = new(), joint = new(), gradient = new();
    private readonly SortedWindow since = new(8);
    private double first;
    private int seen;
    private double baseline, sigma, hard = double.NegativeInfinity, peak;
    private double firstRise, lastRise;
    private int onset, onsetAge, age, above, big, calm, lasting;
    private long gradientAt = long.MinValue, hardUntil;
    private bool gradientFirst;
    private Cause cause;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        if (vitals.GradNorm is { IsHeard: true, Score: > 4, IsFlat: false } && age == 0) gradientAt = vitals.Seen;
        if (!vitals.Loss.IsHeard) return null;
        if (vitals.WentBack) Close();
        if (seen++ < Start) first += vitals.Loss.Value / Start;
        test.Take(vitals.Loss);
        joint.Take(vitals.LossWithGradient);
        gradient.Take(vitals.GradNorm);
        if (age == 0) Remember(vitals);
        return age > 0 ? Follow(vitals) : Watch(vitals);
    }

    // An easy stretch: what follows it is measured against what came before. What may have been noise is soon forgotten.
    private void Remember(Vitals vitals)
    {
        if (vitals.Seen > hardUntil) hard = double.NegativeInfinity;
        if (test.Down < Easier) return;
        hard = Math.Max(hard, test.Expected(test.DownSince));
        hardUntil = test.Down > SurelyEasier ? long.MaxValue : Math.Max(hardUntil, vitals.Seen + MaybeEasy);
    }

    private Symptom? Watch(Vitals vitals)
    {
        var warns = Warns + vitals.LearningRate.Care;
        if (test.Up < warns && !(test.Up > LeastOfLoss && vitals.LossWithGradient.IsHeard && joint.Up >= warns)) return null;
        (baseline, sigma) = (test.Expected(test.UpSince), test.Sigma(test.UpSince));
        if (vitals.Loss.Value - baseline < LeastNats) return null;
        (age, peak, above, big, calm, lasting, acting) = (test.UpSince, 0, 0, 0, 0, 0, null);
        onset = vitals.Metrics.Step - ((test.UpSince - 1) * vitals.Interval);
        gradientFirst = gradientAt < vitals.Seen - test.UpSince + 1 && gradientAt >= vitals.Seen - test.UpSince - Precursor;
        since.Clear();
        since.Add(vitals.Loss.Value);
        (cause, onsetAge) = (Attribute(), age);
        firstRise = lastRise = vitals.Loss.Value - baseline;
        return Symptom(vitals, Severity.Warn, vitals.Loss.Value - baseline);
    }

    private Symptom? Follow(Vitals vitals)
    {
        since.Add(vitals.Loss.Value);
        age++;
        var level = since.Median;
        var rise = level - baseline;
        peak = Math.Max(peak, since.IsFull ? rise : 0);
        calm = rise < 2 * sigma / Math.Sqrt(since.Count) ? calm + 1 : 0;
        if (calm >= Settled || age > MostSteps)
        {
            Close();
            return null;
        }
        var progress = Math.Max(0, first - baseline);
        var harder = level - Math.Max(baseline, hard);
        above = harder > Math.Max(LeastAct, ActShare * progress) ? above + 1 : 0;
        big = harder > Math.Max(BigAct, BigShare * progress) ? big + 1 : 0;
        // Less than that is serious if it lasts: half a nat is more than a harder domain brings.
        lasting = harder > LastingNats && rise > LastingSigmas * sigma ? lasting + 1 : Math.Max(0, lasting - 2);
        // A spike that comes back shows it soon: its last values lie below its first.
        lastRise += (vitals.Loss.Value - baseline - lastRise) / Few;
        if (age <= onsetAge + Few) firstRise = Math.Max(firstRise, lastRise);
        var stays = (above >= ActSteps || (big >= BigSteps && lastRise > BackSoon * firstRise)) && rise >= Mending * peak && rise >= 4 * sigma;
        if (!stays && lasting < LastingSteps) return acting = null;
        return acting ??= Symptom(vitals, Severity.Act, rise);
    }

    private void Close()
    {
        test.Clear();
        joint.Clear();
        (age, acting) = (0, null);
    }

    private Symptom Symptom(Vitals vitals, Severity severity, double rise) => new()
    {
        Severity = severity,
        Detector = "loss_rise",
        Cause = cause,
        Confidence = severity == Severity.Act ? 0.99 : Report.Confidence(Math.Max(test.Up, joint.Up)),
        Since = onset,
        Message = severity == Severity.Act
            ? $"The loss has been about {rise:F2} nats above its level before step {onset} ({baseline:F2}) for {age} steps, up to {vitals.Metrics.Step}, and does not mend."
            : $"The loss is {vitals.Loss.Value:F3} at step {vitals.Metrics.Step}, where {baseline:F3} was expected: {rise / sigma:F1} sigmas of its own noise.",
        Evidence = Report.Evidence(vitals, null, ("expected", baseline), ("sigma", sigma), ("rise", rise), ("score", test.Up), ("start", first)),
    };

    // The gradient's leap before the loss's: an update did it.
    private Cause Attribute() => gradientFirst ? Cause.Optimizer : Blame.Of(test.Mean(test.UpSince), sigma, gradient.Mean(test.UpSince), test.Grows(test.UpSince));
}
