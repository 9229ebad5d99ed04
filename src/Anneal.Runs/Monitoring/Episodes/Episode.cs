using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Episodes;

/// <summary>Symptoms that belong together: close in time and of one kind of trouble.</summary>
internal sealed class Episode
{
    // Observations without a symptom after which what comes next is a story of its own.
    private const int Quiet = 32, Late = 128;

    private long heardAt = long.MinValue / 2, heardStep;

    /// <summary>The symptom that shows the cause most directly; among equals the first. Null before any.</summary>
    public Symptom? Cause { get; private set; }

    /// <summary>The worst of them.</summary>
    public Severity Severity { get; private set; }

    /// <summary>One of them was fatal.</summary>
    public bool Fatal { get; private set; }

    /// <summary>Step at which it began.</summary>
    public int Since { get; private set; }

    /// <summary>Takes in what is seen at this moment.</summary>
    /// <returns>It is news: an episode began, became serious or fatal, or its cause came to light.</returns>
    public bool Take(Vitals vitals, Symptom symptom)
    {
        var since = symptom.Since ?? vitals.Metrics.Step;
        // What is noticed late but began while the story went on is part of it.
        var begins = vitals.Seen - heardAt > Quiet && (vitals.Seen - heardAt > Late || since > heardStep + ((long)Quiet * vitals.Interval));
        (heardAt, heardStep) = (vitals.Seen, vitals.Metrics.Step);
        if (begins)
        {
            var known = symptom.Concludes && Cause is { Directness: >= 2 } ? Cause : symptom;
            (Cause, Severity, Fatal, Since) = (known, symptom.Severity, symptom.Fatal, since);
            return true;
        }
        var news = symptom.Severity > Severity || (symptom.Fatal && !Fatal);
        if (symptom.Directness > Cause!.Directness)
        {
            news |= symptom.Directness >= 2;
            Cause = symptom;
        }
        Severity = symptom.Severity > Severity ? symptom.Severity : Severity;
        Fatal |= symptom.Fatal;
        Since = Math.Min(Since, since);
        return news;
    }
}
