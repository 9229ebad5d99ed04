using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The run goes back again and again without getting further than before. One resume is none; a second that is about to end where the
/// first did is worth a word, a third is a loop. Progress clears the count.
/// </summary>
internal sealed class CrashLoopDetector : IDetector
{
    private const int Suspect = 2, Certain = 3;

    private int last, furthest, furthestBefore, restarts, told;
    private bool announced;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        var step = vitals.Metrics.Step;
        var back = step < last;
        last = step;
        furthest = Math.Max(furthest, step);
        if (back && !announced) Count();
        if (back) announced = false;
        // Said where the run ended before: a run that gets past it has recovered.
        return back || step == furthest ? Judge(step, exitCode: null, atTheEnd: !back) : null;
    }

    /// <summary>The process ended by itself and is started again.</summary>
    /// <param name="vitals">The run as of now.</param>
    /// <param name="exitCode">Of the process that ended.</param>
    public Symptom? Restarted(Vitals vitals, int exitCode)
    {
        announced = true;
        Count();
        return Judge(vitals.Metrics.Step, exitCode, atTheEnd: true);
    }

    private void Count()
    {
        if (furthest > furthestBefore) (restarts, told) = (0, 0);
        restarts++;
        furthestBefore = furthest;
    }

    private Symptom? Judge(int step, int? exitCode, bool atTheEnd)
    {
        // Ended before it came as far as that: what was due is said at the next start.
        var due = atTheEnd ? restarts : restarts - 1;
        if (due < Suspect || due <= told || furthest > furthestBefore) return null;
        var severity = due >= Certain ? Severity.Act : Severity.Warn;
        if (told >= Certain) return null;
        told = due;
        return new Symptom
        {
            Detector = "crash_loop",
            Severity = severity,
            Cause = Cause.Infrastructure,
            Confidence = severity == Severity.Act ? 0.99 : 0.9,
            Directness = 2,
            Message = $"The run was started again {restarts} times without getting past step {furthest}{(exitCode is { } code ? $" (exit code {code})" : "")}: it fails at the same place each time.",
            Evidence = new Dictionary<string, double> { ["restarts"] = restarts, ["furthest"] = furthest, ["exit_code"] = exitCode ?? 0, ["step"] = step },
        };
    }
}
