using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>
/// A run as of now: the step just heard, and what every detector would otherwise derive again (forecasts, noise, phases of the
/// schedule). One object a run, in fixed memory; detectors read it, the monitor alone moves it on.
/// </summary>
internal sealed class Vitals(MonitorOptions options)
{
    /// <summary>What was known beforehand.</summary>
    public MonitorOptions Options { get; } = options;

    /// <summary>The step just heard. Where a measurement came alone (<see cref="IsMeasurement"/>), its numbers are in <c>Extra</c> and the loss is NaN.</summary>
    public StepMetrics Metrics { get; private set; } = new() { Step = 0, Loss = double.NaN };

    /// <summary>A measurement without a training step: <c>val/loss</c> on a line of its own. Detectors of training signals pass it over.</summary>
    public bool IsMeasurement { get; private set; }

    /// <summary>Training steps heard so far, this one included; a run that is heard from its middle starts at 1, too.</summary>
    public long Seen { get; private set; }

    /// <summary>Where the loss was expected before this step was heard; null until enough was heard.</summary>
    public LossBand? Band { get; private set; }

    /// <summary>Takes in a training step.</summary>
    public void Take(StepMetrics metrics)
    {
        Metrics = metrics;
        IsMeasurement = false;
        Seen++;
    }

    /// <summary>Takes in a measurement without a training step.</summary>
    public void TakeMeasurement(StepMetrics measurement)
    {
        Metrics = measurement;
        IsMeasurement = true;
    }
}
