using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching;

/// <summary>Hears an external trainer: what it prints becomes <c>metrics.jsonl</c>, what the monitor sees in it <c>incidents.jsonl</c>.</summary>
public sealed class TrainerWatch : IDisposable
{
    private readonly RunDirectory run;
    private readonly IProgress<WatchEvent>? events;
    private readonly MetricsWriter metrics;
    private readonly Monitoring.Monitor monitor;
    private readonly TrainerOutput output = new();

    /// <summary>Begins to watch; the folder is there.</summary>
    /// <param name="run">Where it is written down.</param>
    /// <param name="options">What the monitor knows beforehand, and what follows from an incident.</param>
    /// <param name="events">Told what is heard and seen.</param>
    public TrainerWatch(RunDirectory run, MonitorOptions options, IProgress<WatchEvent>? events = null)
    {
        (this.run, this.events) = (run, events);
        metrics = new MetricsWriter(run.MetricsPath);
        monitor = new Monitoring.Monitor(options);
    }

    /// <summary>The step heard last; null before the first.</summary>
    public StepMetrics? Last { get; private set; }

    /// <summary>Takes in a line.</summary>
    /// <param name="numbers">From <see cref="MetricLine.Parse"/>.</param>
    /// <param name="seconds">Since the run began.</param>
    /// <returns>Incidents that it gives rise to; mostly none.</returns>
    public IReadOnlyList<Incident> Hear(IReadOnlyList<NamedNumber> numbers, double seconds) => output.Hear(numbers, seconds) switch
    {
        HeardStep { Metrics: var step } => Take(step),
        HeardMeasurement measured => Take(measured),
        _ => [],
    };

    private IReadOnlyList<Incident> Take(StepMetrics step)
    {
        Last = step;
        metrics.Write(step);
        var incidents = monitor.Observe(step);
        events?.Report(new StepHeard(step, monitor.Band));
        return Write(incidents);
    }

    private IReadOnlyList<Incident> Take(HeardMeasurement measured)
    {
        var incidents = monitor.Measure(measured.Step, measured.Numbers);
        events?.Report(new MeasurementHeard(measured.Step, measured.Numbers));
        return Write(incidents);
    }

    private IReadOnlyList<Incident> Write(IReadOnlyList<Incident> incidents)
    {
        foreach (var incident in incidents)
        {
            incident.AppendTo(run.IncidentsPath);
            events?.Report(new IncidentRaised(incident));
        }
        return incidents;
    }

    /// <inheritdoc/>
    public void Dispose() => metrics.Dispose();
}
