using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>
/// Watches one run, step by step. Detectors see, the policy decides; the same steps give the same incidents, so that a run
/// which went on after a crash is watched as if it had never stopped: give it the steps done before, then go on.
/// </summary>
public sealed class Monitor
{
    private readonly IDetector[] detectors;
    private readonly MonitorPolicy policy;

    /// <summary>A watch with every detector of this version.</summary>
    public Monitor(MonitorOptions options) : this(options.Policy,
    [
        new NonFiniteDetector(),
        new DivergenceDetector(options.Steps),
        new GradientExplosionDetector(),
        new HopelessDetector(options.Steps, options.Reference),
    ])
    {
    }

    internal Monitor(MonitorPolicy policy, IDetector[] detectors) => (this.policy, this.detectors) = (policy, detectors);

    /// <summary>What is wrong as of this step; mostly nothing, and then nothing is allocated.</summary>
    public IReadOnlyList<Incident> Observe(StepMetrics metrics)
    {
        List<Incident>? incidents = null;
        foreach (var detector in detectors)
            if (detector.Observe(metrics) is { } incident) (incidents ??= []).Add(Decide(incident));
        return incidents ?? (IReadOnlyList<Incident>)[];
    }

    private Incident Decide(Incident incident) =>
        policy == MonitorPolicy.Act && incident.Severity == Severity.Act ? incident with { Action = IncidentAction.Stop } : incident;
}

/// <summary>What a monitor knows about its run beforehand.</summary>
public sealed record MonitorOptions
{
    /// <summary>Steps of the whole run; 0 where unknown.</summary>
    public int Steps { get; init; }

    /// <summary>What follows from an incident.</summary>
    public MonitorPolicy Policy { get; init; } = MonitorPolicy.Observe;

    /// <summary>Learning curve to beat, same data order; empty for none.</summary>
    public IReadOnlyList<ReferencePoint> Reference { get; init; } = [];
}
