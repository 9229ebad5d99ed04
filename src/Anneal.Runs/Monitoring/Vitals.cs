using Anneal.Runs.Monitoring.Statistics;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>
/// A run as of now: the step just heard, and what every detector would otherwise derive again (forecasts, noise, phases of the
/// schedule). One object a run, in fixed memory; detectors read it, the monitor alone moves it on.
/// </summary>
/// <remarks>
/// Forecasts are by observation, not by step: a trainer that logs each tenth step is as good as one that logs each. A channel's
/// expectation is of before the value was heard; its forecast has taken it in already.
/// </remarks>
internal sealed class Vitals(MonitorOptions options)
{
    // One healthy step in a thousand lies beyond.
    private const double BandScore = 3.1;
    private const int IntervalsOfGap = 6;

    private int last = int.MinValue;
    private double lastTime = double.NaN;

    /// <summary>What was known beforehand.</summary>
    public MonitorOptions Options { get; } = options;

    /// <summary>The step just heard. Where a measurement came alone (<see cref="IsMeasurement"/>), its numbers are in <c>Extra</c> and the loss is NaN.</summary>
    public StepMetrics Metrics { get; private set; } = new() { Step = 0, Loss = double.NaN };

    /// <summary>A measurement without a training step: <c>val/loss</c> on a line of its own. Detectors of training signals pass it over.</summary>
    public bool IsMeasurement { get; private set; }

    /// <summary>Training steps heard so far, this one included; a run that is heard from its middle starts at 1, too.</summary>
    public long Seen { get; private set; }

    /// <summary>Steps between this observation and the one before: 1, or the trainer's logging interval; at least 1.</summary>
    public int Interval { get; private set; } = 1;

    /// <summary>
    /// This step is not above the last one: the run went back to a checkpoint, or the line came twice. What depends on the order
    /// of steps starts anew; the run's noise is as it was.
    /// </summary>
    public bool WentBack { get; private set; }

    /// <summary>The same line again: same step, same loss. Nothing is learnt from it, and detectors pass it over.</summary>
    public bool IsRepeat { get; private set; }

    /// <summary>Observations since the run last went back or left a gap, this one included; <see cref="Seen"/> where it never did.</summary>
    public long SinceRejoined { get; private set; }

    /// <summary>Train loss, nats per token.</summary>
    public Channel Loss { get; } = new();

    /// <summary>Natural logarithm of the gradient's norm. A norm of 0 or below is not heard.</summary>
    public Channel GradNorm { get; } = new(tails: TailKind.Exponential);

    /// <summary>Innovations of loss and gradient norm together, in sigmas: a batch or an update that is wrong shows in both.</summary>
    public Channel LossWithGradient { get; } = new(tails: TailKind.Exponential);

    /// <summary>Natural logarithm of a step's seconds: as measured by the trainer, else from the times of two lines.</summary>
    public Channel StepTime { get; } = new(tails: TailKind.Exponential);

    /// <summary>Learning rate, against where a smooth schedule would go.</summary>
    public Schedule LearningRate { get; } = new();

    /// <summary>Where the loss was expected before this step was heard; null until enough was heard.</summary>
    public LossBand? Band { get; private set; }

    /// <summary>Takes in a training step.</summary>
    public void Take(StepMetrics metrics)
    {
        IsRepeat = metrics.Step == last && metrics.Loss.Equals(Metrics.Loss) && !IsMeasurement;
        WentBack = metrics.Step <= last && !IsRepeat;
        IsMeasurement = false;
        if (IsRepeat) return;
        var gap = last == int.MinValue ? 1 : Math.Max(1, metrics.Step - last);
        if (WentBack || gap > (long)IntervalsOfGap * Interval) Rejoin();
        if (!WentBack) Interval = gap;
        Metrics = metrics;
        last = metrics.Step;
        Seen++;
        SinceRejoined++;
        LearningRate.Take(metrics, Options.RateScale?.Invoke(metrics.Step) ?? 1);
        Loss.Take(metrics.Loss);
        GradNorm.Take(metrics.GradNorm is { } norm and > 0 ? Math.Log(norm) : null);
        LossWithGradient.Take(Loss is { IsHeard: true, IsReady: true } && GradNorm is { IsHeard: true, IsReady: true, IsFlat: false } ? Loss.Size + GradNorm.Size : null);
        StepTime.Take(Seconds(metrics) is { } seconds and > 0 ? Math.Log(seconds) : null);
        lastTime = metrics.Time ?? double.NaN;
        if (Loss is { IsHeard: true, IsReady: true }) Band = new(Loss.Expected, Loss.At(-BandScore), Loss.At(BandScore));
    }

    /// <summary>Takes in a measurement without a training step.</summary>
    public void TakeMeasurement(StepMetrics measurement)
    {
        Metrics = measurement;
        IsMeasurement = true;
    }

    private double? Seconds(StepMetrics metrics) =>
        metrics.StepSeconds ?? (SinceRejoined > 1 && metrics.Time - lastTime is { } passed ? passed / Interval : null);

    private void Rejoin()
    {
        SinceRejoined = 0;
        LearningRate.Rejoin();
        Loss.Rejoin();
        GradNorm.Rejoin();
        LossWithGradient.Rejoin();
        StepTime.Rejoin();
    }
}
