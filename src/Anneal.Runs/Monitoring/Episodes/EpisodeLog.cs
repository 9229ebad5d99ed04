using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Episodes;

/// <summary>Makes incidents of symptoms: those that belong together are one, told when it begins and when it becomes serious.</summary>
internal sealed class EpisodeLog
{
    // Steps within which a detector that spoke is not heard again unless it became more serious.
    private const int Quiet = 20;

    private readonly Dictionary<string, (int Step, Severity Severity)> told = new(StringComparer.Ordinal);

    /// <summary>Incidents of this moment; mostly none, and then nothing is allocated.</summary>
    /// <param name="vitals">The run as of now.</param>
    /// <param name="symptoms">What the detectors saw; may be empty.</param>
    public IReadOnlyList<Incident> Merge(Vitals vitals, IReadOnlyList<Symptom> symptoms) =>
        symptoms.Count == 0 ? (IReadOnlyList<Incident>)[] : Tell(vitals, symptoms);

    private List<Incident> Tell(Vitals vitals, IReadOnlyList<Symptom> symptoms) =>
        [.. symptoms.Where(symptom => IsNews(vitals.Metrics.Step, symptom)).Select(symptom => Report(vitals, symptom))];

    private bool IsNews(int step, Symptom symptom)
    {
        if (told.TryGetValue(symptom.Detector, out var earlier) && step - earlier.Step < Quiet && symptom.Severity <= earlier.Severity) return false;
        told[symptom.Detector] = (step, symptom.Severity);
        return true;
    }

    private static Incident Report(Vitals vitals, Symptom symptom) => new()
    {
        Fatal = symptom.Fatal,
        Step = vitals.Metrics.Step,
        Severity = symptom.Severity,
        Detector = symptom.Detector,
        Cause = symptom.Cause,
        Message = symptom.Message,
        Evidence = new Dictionary<string, double>(symptom.Evidence)
        {
            ["confidence"] = symptom.Confidence,
            ["since"] = symptom.Since ?? vitals.Metrics.Step,
        },
    };
}
