using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// What the model writes collapses: few distinct pairs of tokens, or texts that end at once or never, where it was otherwise before.
/// A handful of samples is noise, so that two evaluations in a row have to agree.
/// </summary>
internal sealed class SampleCollapseDetector : IDetector
{
    private const double Sigmas = 4, LeastDistinct = 0.2, LeastEnds = 0.35;
    // A few short samples are no better than this.
    private const double DistinctNoise = 0.03, EndsNoise = 0.08;
    private const int Settled = 3, Memory = 24;

    private readonly Leap distinct = new(Sigmas, LeastDistinct, Settled, Memory, DistinctNoise), ends = new(Sigmas, LeastEnds, Settled, Memory, EndsNoise);
    private readonly Alarm alarm = new(2);

    public Symptom? Observe(Vitals vitals)
    {
        var extra = vitals.Metrics.Extra;
        if (extra.Count == 0) return null;
        var hasDistinct = extra.TryGetValue("sample/distinct_2", out var pairs) && double.IsFinite(pairs);
        var hasEnds = extra.TryGetValue("sample/eos_rate", out var rate) && double.IsFinite(rate);
        if (!hasDistinct && !hasEnds) return null;
        var repeats = hasDistinct && distinct.Add(pairs) && distinct.Size < 0;
        var stops = hasEnds && ends.Add(rate);
        var leap = repeats ? distinct : ends;
        if ((!repeats && !stops) || leap.Pending < 2)
        {
            alarm.Rest();
            return null;
        }
        var severity = leap.Pending >= 3 && Math.Abs(leap.Size) > (repeats ? 2 : 1.5) * (repeats ? LeastDistinct : LeastEnds) ? Severity.Act : Severity.Warn;
        if (!alarm.Raise(severity)) return null;
        return new Symptom
        {
            Detector = "output_collapse",
            Severity = severity,
            Cause = Cause.Model,
            Confidence = severity == Severity.Act ? 0.97 : 0.85,
            Directness = 2,
            Message = repeats
                ? $"{pairs:P0} of the token pairs in samples are distinct at step {vitals.Metrics.Step}, where {leap.Level:P0} was usual: the output repeats itself."
                : $"Samples end at a rate of {rate:G3} at step {vitals.Metrics.Step}, where {leap.Level:G3} was usual.",
            Evidence = new Dictionary<string, double> { ["value"] = repeats ? pairs : rate, ["expected"] = leap.Level, ["sigma"] = leap.Sigmas },
        };
    }
}
