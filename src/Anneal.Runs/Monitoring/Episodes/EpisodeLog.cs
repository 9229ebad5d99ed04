using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Episodes;

/// <summary>
/// Makes incidents of symptoms. What happens close together in training is one episode, what happens to the machine or to the
/// evaluation another; each is told when it begins, when it becomes serious, and when a symptom shows its cause.
/// </summary>
internal sealed class EpisodeLog
{
    private readonly Episode training = new(), machine = new(), evaluation = new();
    private readonly WarningBudget budget = new();

    /// <summary>Incidents of this moment; mostly none, and then nothing is allocated.</summary>
    /// <param name="vitals">The run as of now.</param>
    /// <param name="symptoms">What the detectors saw; may be empty.</param>
    public IReadOnlyList<Incident> Merge(Vitals vitals, IReadOnlyList<Symptom> symptoms)
    {
        if (symptoms.Count == 0) return [];
        List<Incident>? incidents = null;
        Tell(training, Cause.Optimizer);
        Tell(machine, Cause.Infrastructure);
        Tell(evaluation, Cause.Evaluation);
        return incidents ?? (IReadOnlyList<Incident>)[];

        void Tell(Episode episode, Cause family)
        {
            // The most direct symptom speaks for the moment, the worst gives it weight.
            Symptom? direct = null, worst = null;
            for (var i = 0; i < symptoms.Count; i++)
            {
                var symptom = symptoms[i];
                if (FamilyOf(symptom.Cause) != family) continue;
                if (direct is null || symptom.Directness > direct.Directness) direct = symptom;
                if (worst is null || (symptom.Severity, symptom.Fatal).CompareTo((worst.Severity, worst.Fatal)) > 0) worst = symptom;
            }
            if (direct is null || worst is null) return;
            var news = episode.Take(vitals, direct);
            if (!ReferenceEquals(direct, worst)) news |= episode.Take(vitals, worst);
            if (!news || (episode.Severity == Severity.Warn && !budget.Spend(vitals.Seen, direct.Detector))) return;
            (incidents ??= []).Add(Report(vitals, episode, worst));
        }
    }

    private static Cause FamilyOf(Cause cause) => cause is Cause.Infrastructure or Cause.Evaluation ? cause : Cause.Optimizer;

    private Incident Report(Vitals vitals, Episode episode, Symptom worst)
    {
        var cause = episode.Cause!;
        var evidence = new Dictionary<string, double>(worst.Evidence);
        foreach (var (name, value) in cause.Evidence) evidence.TryAdd(name, value);
        evidence["confidence"] = Math.Max(cause.Confidence, worst.Confidence);
        evidence["since"] = episode.Since;
        return new()
        {
            Step = vitals.Metrics.Step,
            Severity = episode.Severity,
            Fatal = episode.Fatal,
            Detector = cause.Detector,
            Cause = cause.Cause,
            Message = (ReferenceEquals(cause, worst) || cause.Detector == worst.Detector ? worst.Message : $"{worst.Message} First seen: {cause.Message}")
                + (episode.Severity == Severity.Warn && budget.IsSpent ? " Further warnings are held back until the run is quieter; what has to be acted on is not." : ""),
            Evidence = evidence,
        };
    }
}
