using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>
/// What is to be done about incidents: deterministic, without clock or files, so that a replay decides as the live watch did.
/// It recommends; whoever can reach the trainer carries it out (<see cref="Steward"/>). It follows what it recommended against,
/// too: a run that does not come back is doomed, one that comes back by itself is left alone.
/// </summary>
internal sealed class ActionPolicy(MonitorOptions options)
{
    /// <summary>Detector of the policy's own incidents.</summary>
    public const string Unrecovered = "unrecovered";

    private static readonly HashSet<string> losing = new(StringComparer.Ordinal) { "non_finite", "repeated_loss", "divergence", "grad_norm_rise", "hopeless" };

    private const int Before = 32, Lately = 8;

    private readonly StepMemory losses = new(512);
    private readonly Patience patience = new(options.Steps);
    private readonly Dictionary<Cause, int> tries = [];
    private double first = double.NaN;
    private OpenCase? open;
    private int last;
    private bool ended;
    private long heard;

    /// <summary>The moment's incidents with their actions. May add one of its own: an episode that an action did not end.</summary>
    /// <param name="vitals">The run as of now.</param>
    /// <param name="symptoms">What the detectors see now, told before or not.</param>
    /// <param name="incidents">From the episodes; may be empty.</param>
    public IReadOnlyList<Incident> Decide(Vitals vitals, IReadOnlyList<Symptom> symptoms, IReadOnlyList<Incident> incidents)
    {
        if (options.Policy == MonitorPolicy.Observe) return incidents;
        if (options.Policy == MonitorPolicy.Stop) return symptoms.Count == 0 ? incidents : Compare(vitals.Metrics.Step, symptoms, incidents);
        var doom = vitals.IsMeasurement ? null : Follow(vitals.Metrics, symptoms);
        if (incidents.Count == 0 && doom is null) return incidents;
        List<Incident> decided = [.. incidents.Select(Decide)];
        if (doom is not null && !decided.Exists(incident => incident.Action == IncidentAction.Stop)) decided.Add(doom);
        return decided;
    }

    // What is tried may move much inside the model and still win: a run that is compared ends when its loss or its state is lost,
    // also where that is no news to the episode.
    private IReadOnlyList<Incident> Compare(int step, IReadOnlyList<Symptom> symptoms, IReadOnlyList<Incident> incidents)
    {
        var lost = symptoms.FirstOrDefault(IsLost);
        if (lost is null && !ended) return incidents;
        List<Incident> decided = [.. incidents.Select(incident => incident.Severity == Severity.Act ? incident with { Action = IncidentAction.Stop } : incident)];
        if (lost is not null && !ended && !decided.Exists(incident => incident.Action == IncidentAction.Stop)) decided.Add(End(step, lost));
        ended = true;
        return decided;
    }

    private static bool IsLost(Symptom symptom) => symptom.Severity == Severity.Act && (symptom.Fatal || losing.Contains(symptom.Detector));

    private static Incident End(int step, Symptom lost) => new()
    {
        Step = step,
        Severity = Severity.Act,
        Action = IncidentAction.Stop,
        Detector = lost.Detector,
        Cause = lost.Cause,
        Message = lost.Message,
        Evidence = new Dictionary<string, double>(lost.Evidence) { ["confidence"] = lost.Confidence, ["since"] = lost.Since ?? step },
    };

    private Incident Decide(Incident incident)
    {
        var machine = incident.Cause is Cause.Infrastructure;
        if (incident.Severity != Severity.Act)
        {
            if (!machine && incident.Cause != Cause.Evaluation) open ??= Open(incident);
            return incident;
        }
        var opens = open is not { Incident.Severity: Severity.Act };
        var tried = tries.GetValueOrDefault(incident.Cause);
        // What is told within an open case is the same trouble, not another try. A machine's trouble says nothing about the loss.
        if (machine || opens) tries[incident.Cause] = tried + 1;
        else tried = Math.Max(0, tried - 1);
        if (!machine && opens) open = Open(incident);
        return incident with { Action = Ladder.Next(incident, options.Tries?.Invoke(incident.Cause) ?? tried, options.Capabilities, IsHurt(incident)).Action };
    }

    private bool IsHurt(Incident incident)
    {
        var (level, sigma) = open is { } followed ? (followed.Before, followed.Sigma) : LevelBefore(incident);
        return Harm.Shows((losses.Level(Lately, least: 1)?.Level ?? double.NaN) - level, sigma);
    }

    private Incident? Follow(StepMetrics metrics, IReadOnlyList<Symptom> symptoms)
    {
        heard++;
        // Somebody went back: what is followed lies on a branch that was left.
        if (metrics.Step <= last) open = null;
        last = metrics.Step;
        losses.Add(metrics.Step, metrics.Loss);
        if (double.IsNaN(first)) first = metrics.Loss;
        if (open is null) return null;
        if (open.Follow(metrics.Loss, losses.Level(Lately, least: 1)?.Level, symptoms) is { } why)
        {
            var incident = GiveUp(open.Incident, metrics, why);
            open = null;
            return incident;
        }
        if (open.IsOver) open = null;
        return null;
    }

    private OpenCase Open(Incident incident) => new(incident, LevelBefore(incident), patience.ForRecovery(heard), patience.ForLasting(heard));

    private (double Level, double Sigma) LevelBefore(Incident incident)
    {
        var since = incident.Evidence.TryGetValue("since", out var told) ? (int)Math.Clamp(told, 1, incident.Step) : incident.Step;
        var level = losses.Level(Before, until: since - 1) ?? (double.IsFinite(first) ? (first, 0) : (double.PositiveInfinity, 0));
        // A warning that led here knew the level from before it.
        return open is { } warned && warned.Before < level.Level ? (warned.Before, level.Sigma) : level;
    }

    private static Incident GiveUp(Incident opened, StepMetrics metrics, string why) => new()
    {
        Step = metrics.Step,
        Severity = Severity.Act,
        Action = IncidentAction.Stop,
        Detector = Unrecovered,
        Cause = opened.Cause,
        Message = $"Nothing has ended what {opened.Detector} saw at step {opened.Step}: {why}.",
        Evidence = new Dictionary<string, double> { ["since"] = opened.Evidence.GetValueOrDefault("since", opened.Step), ["confidence"] = 0.99, ["train/loss"] = metrics.Loss },
    };
}
