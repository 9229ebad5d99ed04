using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Resident memory grows steadily beyond all that it was: most readings of a stretch rise, by about as much each, to a new height that
/// lies beyond the range of earlier ups and downs. Buffers that appear at once and a saw-tooth of collections do not.
/// </summary>
internal sealed class MemoryLeakDetector : IDetector
{
    private const int Stretch = 6, Settled = 8, LeastSteps = 5;
    private const double MostOfStretch = 0.75, LargestShare = 0.45, Sigmas = 5, LeastShare = 1e-3, HourSeconds = 3600;

    private readonly (double Mb, int Step, double Time)[] last = new (double, int, double)[Stretch];
    private readonly Habit rises = new(64, LeastShare);
    private readonly Alarm alarm = new(32);
    private int heard, unusual;

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (vitals.IsMeasurement || metrics.RssMb is not > 0 || !double.IsFinite(metrics.RssMb.Value)) return null;
        var place = heard % Stretch;
        if (heard > 0)
        {
            var steps = metrics.Step - last[(place + Stretch - 1) % Stretch].Step;
            if (steps is >= 0 and < LeastSteps) return null;
            // Another process: it starts small.
            if (steps < 0)
            {
                heard = 0;
                return null;
            }
        }
        var oldest = last[place];
        last[place] = (metrics.RssMb.Value, metrics.Step, metrics.Time ?? double.NaN);
        if (++heard <= Stretch) return null;
        var rise = metrics.RssMb.Value - oldest.Mb;
        var growth = Math.Log(metrics.RssMb.Value / oldest.Mb);
        unusual = rises.Count >= Settled && rises.Deviations(growth) > rises.Bound(Sigmas, upward: true) ? unusual + 1 : 0;
        if (unusual == 0 || !IsSteady(place))
        {
            // What rises at once is learned only when the stretch has passed: it may be the first of a leak.
            if (unusual is 0 or > Stretch) rises.Add(growth);
            alarm.Rest();
            return null;
        }
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
            Evidence = new Dictionary<string, double> { ["perf/rss_mb"] = metrics.RssMb.Value, ["mb_a_step"] = perStep, ["expected"] = oldest.Mb * Math.Exp(rises.Level) },
        };
    }

    // Most readings rise, and no one of them makes up most of the whole.
    private bool IsSteady(int newest)
    {
        double whole = 0, largest = 0;
        var up = 0;
        for (var i = 1; i < Stretch; i++)
        {
            var rise = last[(newest + 1 + i) % Stretch].Mb - last[(newest + i) % Stretch].Mb;
            whole += rise;
            largest = Math.Max(largest, rise);
            if (rise > 0) up++;
        }
        return up >= MostOfStretch * (Stretch - 1) && largest <= LargestShare * whole;
    }
}
