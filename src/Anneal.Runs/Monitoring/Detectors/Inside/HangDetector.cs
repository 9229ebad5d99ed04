using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// No step for far longer than the run ever paused. The patience is the run's own: a multiple of its longest pause and of its usual
/// step, with a floor. In a recording the gap between two steps says it, live the silence itself.
/// </summary>
internal sealed class HangDetector : IDetector
{
    private const int Known = 16;
    private const double FloorSeconds = 30, LiveFloorSeconds = 60, StartSeconds = 1800;
    private const double OfPause = 4, OfStep = 30, ActMultiple = 4;

    private readonly StepClock clock = new();
    private readonly Habit steps = new(64, 0.01);
    private double longest;
    private bool measured;
    private Severity? told;

    public Symptom? Observe(Vitals vitals)
    {
        // An evaluation takes its time.
        if (vitals.IsMeasurement)
        {
            measured = true;
            return null;
        }
        told = null;
        var metrics = vitals.Metrics;
        clock.Take(metrics);
        if (clock.Gap is not { } gap || gap <= 0) return null;
        var patience = Patience(FloorSeconds);
        // A step that says itself that it was quick had a pause before it: a checkpoint, another process that resumes.
        var within = metrics.StepSeconds ?? gap;
        var act = metrics.StepSeconds > ActMultiple * patience;
        var symptom = steps.Count >= Known && !measured && within > patience ? Report(metrics.Step, gap, patience, act ? Severity.Act : Severity.Warn, "came after", metrics.StepSeconds is null ? 1 : 2) : null;
        measured = false;
        steps.Add(Math.Log(gap));
        // A pause that was told is the run's own from then on, in part: an evaluation comes again, a hang should not.
        longest = Math.Max(longest, Math.Min(gap, 2 * patience));
        return symptom;
    }

    /// <summary>The silence since the last step; a hang is told once as a warning and once as an act.</summary>
    /// <param name="vitals">The run as of now.</param>
    /// <param name="seconds">Since the last step, or since the start.</param>
    public Symptom? Idle(Vitals vitals, double seconds)
    {
        var patience = steps.Count < 2 ? StartSeconds : Patience(LiveFloorSeconds);
        if (!(seconds > patience)) return null;
        var severity = seconds > ActMultiple * patience ? Severity.Act : Severity.Warn;
        if (told is { } earlier && severity <= earlier) return null;
        told = severity;
        return Report(vitals.Metrics.Step, seconds, patience, severity, "has not been followed by another for");
    }

    private double Patience(double floor) => Math.Max(floor, Math.Max(OfPause * longest, OfStep * Math.Exp(steps.Level)));

    private static Symptom Report(int step, double seconds, double patience, Severity severity, string words, int directness = 2) => new()
    {
        Detector = "hang",
        Severity = severity,
        Cause = Cause.Infrastructure,
        Confidence = severity == Severity.Act ? 0.98 : 0.9,
        Directness = directness,
        Message = $"Step {step} {words} {seconds:F0} s; the run's own pauses and steps justify {patience:F0} s.",
        Evidence = new Dictionary<string, double> { ["seconds"] = seconds, ["expected"] = patience },
    };
}
