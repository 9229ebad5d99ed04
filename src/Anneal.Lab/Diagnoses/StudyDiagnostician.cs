using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Diagnoses;

/// <summary>The diagnostician of a study: it hears what the study tells, passes it on at once, and writes opinions into the ledger.</summary>
internal sealed class StudyDiagnostician : IProgress<StudyEvent>, IDiagnosisBook, IAsyncDisposable
{
    // Of the study's dollars: proposals come first.
    private const double MostShare = 0.2;

    private readonly ModelDesk desk;
    private readonly Ledger.Ledger ledger;
    private readonly string study;
    private readonly IProgress<StudyEvent>? next;
    private readonly int most;
    private readonly Diagnostician diagnostician;

    /// <summary>A diagnostician for one sitting.</summary>
    /// <param name="desk">Where it asks; its calls share the study's dollars.</param>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="study">Study.</param>
    /// <param name="next">Who listens to the study; told everything first.</param>
    /// <param name="cancel">The sitting is interrupted: no grace.</param>
    /// <param name="grace">Time at the end for a diagnosis under way; null: five seconds.</param>
    /// <param name="most">Most diagnoses of a study.</param>
    public StudyDiagnostician(ModelDesk desk, Ledger.Ledger ledger, string study, IProgress<StudyEvent>? next, CancellationToken cancel, TimeSpan? grace = null, int most = 24)
    {
        (this.desk, this.ledger, this.study, this.next, this.most) = (desk, ledger, study, next, most);
        diagnostician = new Diagnostician(desk, this, cancel, grace);
    }

    /// <inheritdoc/>
    public void Report(StudyEvent value)
    {
        next?.Report(value);
        if (value is IncidentSeen { Incident: var incident }) diagnostician.Hear(incident, new RunDirectory(Path.Combine(ledger.Directory, "runs", incident.Run)));
    }

    /// <inheritdoc/>
    public bool IsOpenTo(IncidentRecord incident)
    {
        var known = ledger.ReadDiagnoses(study);
        return known.Count < most && ledger.SpentUsd(study, Diagnostician.Prefix) <= MostShare * (desk.CapUsd ?? double.PositiveInfinity)
            && !known.Any(d => d.Run == incident.Run && d.Step == incident.Step && d.Detector == incident.Detector);
    }

    /// <inheritdoc/>
    public void Take(Advice advice, IncidentRecord incident, string model)
    {
        var diagnosis = new DiagnosisRecord(
            incident.Run, incident.Step, incident.Detector, model, Advice.Snake(advice.Cause), advice.Confidence, advice.Words, advice.Explanation, AdvicePolicy.Judge(advice, incident));
        ledger.AddDiagnosis(study, diagnosis);
        next?.Report(new DiagnosisGiven(diagnosis));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => diagnostician.DisposeAsync();
}
