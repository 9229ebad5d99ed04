using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Lab.Diagnoses;

/// <summary>
/// The diagnostician of a single run: opinions go to <c>diagnoses.jsonl</c> of its folder. Calls are in a ledger of the run's own
/// beside it, written before they are sent, so that the limit in dollars holds over restarts, too.
/// </summary>
internal sealed class RunDiagnostician : IDiagnosisBook, IAsyncDisposable
{
    /// <summary>Becomes of an advice what the run's policy makes of it.</summary>
    /// <param name="advice">From the model.</param>
    /// <param name="incident">What it is about, with the action that was taken.</param>
    /// <param name="source">Who gave it.</param>
    /// <returns><c>taken: ...</c>, <c>noted: ...</c> or <c>refused: ...</c>.</returns>
    public delegate string Judge(Advice advice, Incident incident, string source);

    private const string Study = "watch";
    private const int Most = 24;

    private readonly RunDirectory run;
    private readonly DiagnosisFile file;
    private readonly Judge judge;
    private readonly IProgress<WatchEvent>? events;
    private readonly Ledger.Ledger ledger;
    private readonly Lease lease;
    private readonly Diagnostician diagnostician;
    private readonly HashSet<(int Step, string Detector)> known;

    private RunDiagnostician(RunDirectory run, (ILanguageModel Model, CatalogModel Entry) who, double? usd, Judge judge, IProgress<WatchEvent>? events, TimeSpan? grace)
    {
        (this.run, this.judge, this.events) = (run, judge, events);
        file = new(run.DiagnosesPath);
        known = [.. file.Read().Select(diagnosis => (diagnosis.Step, diagnosis.Detector))];
        ledger = Ledger.Ledger.Open(run.Root);
        lease = ledger.TakeLease(Study);
        if (!ledger.HasStudy(Study)) ledger.AddStudy(new StudySpec { Study = Study, Recipe = "" }, "", new Dictionary<string, string>());
        diagnostician = new Diagnostician(new ModelDesk(ledger, Study, who.Model, who.Entry, usd, null), this, CancellationToken.None, grace);
    }

    /// <summary>A diagnostician for a run; null where nobody is to be asked.</summary>
    /// <param name="run">The run's folder; it is there.</param>
    /// <param name="choice">Who is asked, and for how much; null: nobody.</param>
    /// <param name="judge">Says what becomes of an advice; called from a thread of its own.</param>
    /// <param name="events">Told of opinions.</param>
    /// <param name="grace">Time at the end for a diagnosis under way; null: five seconds.</param>
    /// <exception cref="InputException">Who was named cannot be asked.</exception>
    public static RunDiagnostician? Open(RunDirectory run, DiagnosisChoice? choice, Judge judge, IProgress<WatchEvent>? events, TimeSpan? grace = null) =>
        choice?.Find() is { } who ? new(run, who, choice.Usd, judge, events, grace) : null;

    /// <summary>Hears of an incident; returns at once.</summary>
    public void Hear(Incident incident) => diagnostician.Hear(Record(Path.GetFileName(run.Root), incident), run);

    /// <summary>An incident in the ledger's words.</summary>
    public static IncidentRecord Record(string run, Incident incident) =>
        new(run, null, incident.Step, Advice.Snake(incident.Severity), Advice.Snake(incident.Action), incident.Detector, Advice.Snake(incident.Cause), incident.Message);

    /// <inheritdoc/>
    public bool IsOpenTo(IncidentRecord incident) => known.Count < Most && !known.Contains((incident.Step, incident.Detector));

    /// <inheritdoc/>
    public void Take(Advice advice, IncidentRecord incident, string model)
    {
        known.Add((incident.Step, incident.Detector));
        var about = Incident.ReadAll(run.IncidentsPath).LastOrDefault(seen => seen.Step == incident.Step && seen.Detector == incident.Detector);
        var taken = about is null ? "noted: the incident is no longer on record" : judge(advice, about, model);
        var diagnosis = new DiagnosisRecord(incident.Run, incident.Step, incident.Detector, model, Advice.Snake(advice.Cause), advice.Confidence, advice.Words, advice.Explanation, taken);
        file.Add(diagnosis);
        events?.Report(new OpinionGiven(incident.Step, model, advice.Cause, advice.Confidence, advice.Words, taken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await diagnostician.DisposeAsync();
        lease.Dispose();
        ledger.Dispose();
    }
}
