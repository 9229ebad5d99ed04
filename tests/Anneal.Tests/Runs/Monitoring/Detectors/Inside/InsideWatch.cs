using Anneal.Runs.Monitoring;
using Anneal.Runs.Monitoring.Detectors;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

/// <summary>What the detectors of the inside see in a run, before anything makes incidents of it.</summary>
internal static class InsideWatch
{
    public static List<Seen> Watch(IEnumerable<StepMetrics> run, MonitorOptions? options = null) => Watch(run, new Vitals(options ?? new()), [.. DetectorSet.OfTheInside()]);

    public static List<Seen> Watch(IEnumerable<StepMetrics> run, Vitals vitals, params IDetector[] detectors)
    {
        var seen = new List<Seen>();
        // What is to be acted on is told while it lasts: once here.
        var lasting = new Dictionary<string, int>();
        foreach (var metrics in run)
        {
            vitals.Take(metrics);
            foreach (var one in Look(vitals, detectors))
            {
                if (one.Severity != Severity.Act || !lasting.TryGetValue(one.Detector, out var last) || one.Step - last > 32) seen.Add(one);
                if (one.Severity == Severity.Act) lasting[one.Detector] = one.Step;
            }
        }
        return seen;
    }

    public static IEnumerable<Seen> Look(Vitals vitals, IDetector[] detectors) =>
        detectors.Select(d => d.Observe(vitals)).OfType<Symptom>().Select(symptom => new Seen(vitals.Metrics.Step, symptom)).ToList();

    /// <summary>The first symptom, which must be this detector's.</summary>
    public static Seen First(IEnumerable<StepMetrics> run, string detector)
    {
        var seen = Watch(run);
        seen.ShouldNotBeEmpty();
        seen[0].Detector.ShouldBe(detector, seen[0].Message);
        return seen[0];
    }
}

/// <summary>A symptom and the step at which it showed.</summary>
internal sealed record Seen(int Step, Symptom Symptom)
{
    public Severity Severity => Symptom.Severity;
    public string Detector => Symptom.Detector;
    public Cause Cause => Symptom.Cause;
    public string Message => Symptom.Message;
    public IReadOnlyDictionary<string, double> Evidence => Symptom.Evidence;
}
