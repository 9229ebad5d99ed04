using Anneal.Runs.Interventions;
using Anneal.Runs.Monitoring.Detectors;
using Anneal.Runs.Monitoring.Detectors.Inside;
using Anneal.Runs.Monitoring.Episodes;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>
/// Watches one run, step by step. Detectors see symptoms, episodes make incidents of them, the policy recommends; the same
/// steps give the same incidents, so that a run which went on after a crash is watched as if it had never stopped: give it the
/// steps done before, then go on.
/// </summary>
public sealed class Monitor
{
    private readonly IDetector[] detectors;
    private readonly Vitals vitals;
    private readonly EpisodeLog episodes = new();
    private readonly ActionPolicy policy;
    private readonly List<Symptom> symptoms = [];

    /// <summary>A watch with every detector of this version.</summary>
    public Monitor(MonitorOptions options) : this(options, DetectorSet.Create(options))
    {
    }

    internal Monitor(MonitorOptions options, IDetector[] detectors)
    {
        this.detectors = detectors;
        vitals = new(options);
        policy = new(options);
    }

    /// <summary>Where the last step's loss was expected before it was heard; null until enough was heard.</summary>
    public LossBand? Band => vitals.Band;

    /// <summary>What is wrong as of this step; mostly nothing, and then nothing is allocated.</summary>
    public IReadOnlyList<Incident> Observe(StepMetrics metrics)
    {
        vitals.Take(metrics);
        return vitals.IsRepeat ? [] : Judge();
    }

    /// <summary>What is wrong as of a measurement that came without a training step: <c>val/loss</c> on a line of its own.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="numbers">What was measured, by full name.</param>
    public IReadOnlyList<Incident> Measure(int step, IReadOnlyDictionary<string, double> numbers)
    {
        vitals.TakeMeasurement(new() { Step = step, Loss = double.NaN, Extra = numbers });
        return Judge();
    }

    /// <summary>
    /// What a silence means; to be asked now and then while no step comes. Its patience is a multiple of the run's own pauses, at
    /// least a minute (half an hour before the second step); a hang is told once as a warning and once as an act.
    /// </summary>
    /// <param name="secondsSinceLastStep">By the watcher's clock, from the last step or from the start.</param>
    public IReadOnlyList<Incident> Idle(double secondsSinceLastStep) => Judge<HangDetector>(hang => hang.Idle(vitals, secondsSinceLastStep));

    /// <summary>What it means that the process ended by itself and is started again: the third start without progress is a crash loop.</summary>
    /// <param name="exitCode">Of the process that ended.</param>
    public IReadOnlyList<Incident> Restarted(int exitCode) => Judge<CrashLoopDetector>(loop => loop.Restarted(vitals, exitCode));

    private IReadOnlyList<Incident> Judge<T>(Func<T, Symptom?> look) where T : IDetector
    {
        symptoms.Clear();
        foreach (var detector in detectors.OfType<T>())
            if (look(detector) is { } symptom) symptoms.Add(symptom);
        return Conclude();
    }

    private IReadOnlyList<Incident> Judge()
    {
        symptoms.Clear();
        foreach (var detector in detectors)
            if (detector.Observe(vitals) is { } symptom) symptoms.Add(symptom);
        return Conclude();
    }

    private IReadOnlyList<Incident> Conclude() => policy.Decide(vitals, symptoms, episodes.Merge(vitals, symptoms));
}
