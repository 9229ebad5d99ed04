using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The run goes back again and again without getting further than before. One resume is none; a second that gained nothing is worth a
/// word, a third is a loop. Progress clears the count.
/// </summary>
internal sealed class CrashLoopDetector : IDetector
{
    private const int Suspect = 2, Certain = 3;

    private int last, furthest, furthestBefore, restarts;
    private bool announced;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        var step = vitals.Metrics.Step;
        // The same line twice is no restart.
        var back = step < last;
        last = step;
        furthest = Math.Max(furthest, step);
        if (!back) return null;
        if (announced)
        {
            announced = false;
            return null;
        }
        return Count(step, exitCode: null);
    }

    /// <summary>The process ended by itself and was started again.</summary>
    /// <param name="vitals">The run as of now.</param>
    /// <param name="exitCode">Of the process that ended.</param>
    public Symptom? Restarted(Vitals vitals, int exitCode)
    {
        announced = true;
        return Count(vitals.Metrics.Step, exitCode);
    }

    private Symptom? Count(int step, int? exitCode)
    {
        restarts = furthest > furthestBefore + 1 ? 1 : restarts + 1;
        furthestBefore = furthest;
        if (restarts is not (Suspect or Certain)) return null;
        return new Symptom
        {
            Detector = "crash_loop",
            Severity = restarts >= Certain ? Severity.Act : Severity.Warn,
            Cause = Cause.Infrastructure,
            Confidence = restarts >= Certain ? 0.99 : 0.9,
            Directness = 2,
            Message = $"The run was started {restarts} times without getting past step {furthest}{(exitCode is { } code ? $" (exit code {code})" : "")}: it fails at the same place each time.",
            Evidence = new Dictionary<string, double> { ["restarts"] = restarts, ["furthest"] = furthest, ["exit_code"] = exitCode ?? 0, ["step"] = step },
        };
    }
}
