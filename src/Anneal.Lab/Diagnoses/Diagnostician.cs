using System.Threading.Channels;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Diagnoses;

/// <summary>
/// A language model beside the monitor. It hears what the study tells, passes it on at once, and asks in the background for a
/// second opinion on what the monitor acted on. Nobody waits for it: not a run, not a verdict, and the study's end only for
/// a short grace. Where it is slow, out of money or not there, incidents are as they were without it.
/// </summary>
internal sealed class Diagnostician : IProgress<StudyEvent>, IAsyncDisposable
{
    private const string Prefix = "diagnosis/";
    private const int MostWaiting = 16;

    // Of the study's dollars: proposals come first.
    private const double MostShare = 0.2;

    private readonly ModelDesk desk;
    private readonly Ledger.Ledger ledger;
    private readonly string study;
    private readonly IProgress<StudyEvent>? next;
    private readonly TimeSpan grace;
    private readonly int most;
    private readonly Channel<IncidentRecord> waiting = Channel.CreateBounded<IncidentRecord>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource stop;
    private readonly Task work;

    /// <summary>A diagnostician for one sitting.</summary>
    /// <param name="desk">Where it asks; its calls share the study's dollars.</param>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="study">Study.</param>
    /// <param name="next">Who listens to the study; told everything first.</param>
    /// <param name="cancel">The sitting is interrupted: no grace.</param>
    /// <param name="grace">Time at the end for a diagnosis under way; null: five seconds.</param>
    /// <param name="most">Most diagnoses of a study.</param>
    public Diagnostician(ModelDesk desk, Ledger.Ledger ledger, string study, IProgress<StudyEvent>? next, CancellationToken cancel, TimeSpan? grace = null, int most = 24)
    {
        (this.desk, this.ledger, this.study, this.next, this.most) = (desk, ledger, study, next, most);
        this.grace = grace ?? TimeSpan.FromSeconds(5);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        work = Task.Run(WorkAsync, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Report(StudyEvent value)
    {
        next?.Report(value);
        // Machines that break and measurements that fail are no riddle for a model.
        if (value is IncidentSeen { Incident: { Severity: "act", Cause: not ("infrastructure" or "evaluation") } incident }) waiting.Writer.TryWrite(incident);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        stop.CancelAfter(grace);
        await work;
        stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var incident in waiting.Reader.ReadAllAsync(stop.Token))
            {
                var known = ledger.ReadDiagnoses(study);
                if (known.Count >= most || ledger.SpentUsd(study, Prefix) > MostShare * desk.CapUsd || known.Any(d => d.Run == incident.Run && d.Step == incident.Step && d.Detector == incident.Detector)) continue;
                await DiagnoseAsync(incident);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InputException or IOException or UnauthorizedAccessException)
        {
            // The study ends, or the lab is lost; the study itself meets that and says so.
        }
    }

    private async Task DiagnoseAsync(IncidentRecord incident)
    {
        var conversation = $"{Prefix}{incident.Run}/{incident.Step}/{incident.Detector}";
        // What nobody was asked then is not asked of the recording.
        if (desk.Model is ReplayModel replay && !replay.Holds(conversation)) return;
        var run = new RunDirectory(Path.Combine(ledger.Directory, "runs", incident.Run));
        var (advice, model) = await Consultation.HoldAsync(desk, conversation, incident, run, stop.Token);
        if (advice is null) return;
        var diagnosis = new DiagnosisRecord(
            incident.Run, incident.Step, incident.Detector, model, Advice.Snake(advice.Cause), advice.Confidence, advice.Words, advice.Explanation, AdvicePolicy.Judge(advice, incident));
        ledger.AddDiagnosis(study, diagnosis);
        next?.Report(new DiagnosisGiven(diagnosis));
    }
}
