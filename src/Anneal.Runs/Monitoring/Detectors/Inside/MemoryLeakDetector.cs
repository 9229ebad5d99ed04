using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Resident memory grows steadily to heights that it never had: most readings of a stretch rise, by about as much each, and by more than in
/// the stretch before. Buffers that appear at once, a saw-tooth of collections and a start that levels off do not.
/// </summary>
internal sealed class MemoryLeakDetector : IDetector
{
    private const int Stretch = 6, LeastSteps = 5, Memory = 24;
    private const double MostOfStretch = 0.75, LargestShare = 0.45, LevelsOff = 0.6, Faster = 1.5, Above = 0.3;
    private const double Sigmas = 8, LeastShare = 5e-4, LeastGrowth = 8e-3, HourSeconds = 3600;

    // Two stretches, one after the other.
    private readonly (double Mb, int Step, double Time)[] last = new (double, int, double)[(2 * Stretch) + 1];
    private readonly Habit bends = new(Memory, LeastShare);
    private readonly Alarm alarm = new(32);
    private double highest;
    private int heard;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.RssMb is not > 0 || !double.IsFinite(metrics.RssMb.Value)) return null;
        if (heard > 0)
        {
            var steps = metrics.Step - At(0).Step;
            if (steps is >= 0 and < LeastSteps) return null;
            // Another process: it starts small.
            if (steps < 0) (heard, highest) = (0, 0);
        }
        last[heard++ % last.Length] = (metrics.RssMb.Value, metrics.Step, metrics.Time ?? double.NaN);
        if (heard > Stretch) highest = Math.Max(highest, At(Stretch).Mb);
        if (heard > 2) bends.Add((At(0).Mb - (2 * At(1).Mb) + At(2).Mb) / At(0).Mb);
        if (heard < last.Length) return null;
        if (!Leaks())
        {
            alarm.Rest();
            return null;
        }
        var oldest = At(Stretch);
        var rise = metrics.RssMb.Value - oldest.Mb;
        var perStep = rise / (metrics.Step - oldest.Step);
        var left = vitals.Options.MemoryMb is { } limit ? (limit - metrics.RssMb.Value) / perStep : double.PositiveInfinity;
        var seconds = left * (metrics.Time - oldest.Time) / (metrics.Step - oldest.Step);
        var full = left < vitals.Options.Steps - metrics.Step || seconds < HourSeconds;
        var severity = full ? Severity.Act : Severity.Warn;
        if (!alarm.Raise(severity)) return null;
        return new Symptom
        {
            Detector = "memory_leak",
            Severity = severity,
            Cause = Cause.Infrastructure,
            Confidence = 0.93,
            Directness = 2,
            Since = oldest.Step,
            Message = $"Memory grows by {perStep:G3} MiB a step, to {metrics.RssMb:F0} MiB at step {metrics.Step}"
                + (full ? $": it is full in {left:F0} steps." : ", steadily and by more than it ever moved."),
            Evidence = new Dictionary<string, double> { ["perf/rss_mb"] = metrics.RssMb.Value, ["mb_a_step"] = perStep, ["expected"] = oldest.Mb },
        };
    }

    private bool Leaks()
    {
        double largest = 0;
        var up = 0;
        for (var i = 0; i < Stretch; i++)
        {
            var step = At(i).Mb - At(i + 1).Mb;
            largest = Math.Max(largest, step);
            if (step > 0) up++;
        }
        var (now, middle, then, before) = (At(0).Mb, At(Stretch / 2).Mb, At(Stretch).Mb, At(2 * Stretch).Mb);
        var rise = now - then;
        var usual = (Faster * Math.Max(0, then - before)) + (now * Math.Max(LeastGrowth, Sigmas / Math.Sqrt(3) * bends.Sigma)); // a bend has the noise of six readings, a rise of two
        return rise > usual && now > highest + (Above * rise)
            && up >= MostOfStretch * Stretch && largest <= LargestShare * rise && now - middle >= LevelsOff * (middle - then);
    }

    // The reading some readings ago.
    private (double Mb, int Step, double Time) At(int back) => last[(heard - 1 - back) % last.Length];
}
