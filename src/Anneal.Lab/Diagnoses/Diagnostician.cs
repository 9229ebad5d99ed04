using System.Threading.Channels;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Diagnoses;

/// <summary>
/// A language model beside a monitor: asked in the background for a second opinion on what the monitor acted on. Nobody waits
/// for it: not a run, not a verdict, and the end only for a short grace. Where it is slow, out of money or not there, incidents
/// are as they were without it.
/// </summary>
internal sealed class Diagnostician : IAsyncDisposable
{
    /// <summary>Conversations of diagnoses begin so.</summary>
    public const string Prefix = "diagnosis/";

    private const int MostWaiting = 16;

    private readonly ModelDesk desk;
    private readonly IDiagnosisBook book;
    private readonly TimeSpan grace;
    private readonly Channel<(IncidentRecord Incident, RunDirectory Run)> waiting =
        Channel.CreateBounded<(IncidentRecord, RunDirectory)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource stop;
    private readonly Task work;

    /// <summary>Begins to listen.</summary>
    /// <param name="desk">Where it asks.</param>
    /// <param name="book">Which incidents are worth it, and where opinions go.</param>
    /// <param name="cancel">Interrupted: no grace.</param>
    /// <param name="grace">Time at the end for a diagnosis under way; null: five seconds.</param>
    public Diagnostician(ModelDesk desk, IDiagnosisBook book, CancellationToken cancel, TimeSpan? grace = null)
    {
        (this.desk, this.book, this.grace) = (desk, book, grace ?? TimeSpan.FromSeconds(5));
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        work = Task.Run(WorkAsync, CancellationToken.None);
    }

    /// <summary>Hears of an incident; those that are a riddle wait for the model, as far as there is room.</summary>
    /// <param name="incident">What was seen.</param>
    /// <param name="run">The run's folder.</param>
    public void Hear(IncidentRecord incident, RunDirectory run)
    {
        // Machines that break and measurements that fail are no riddle for a model.
        if (incident is { Severity: "act", Cause: not ("infrastructure" or "evaluation") }) waiting.Writer.TryWrite((incident, run));
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
            await foreach (var (incident, run) in waiting.Reader.ReadAllAsync(stop.Token))
                if (book.IsOpenTo(incident)) await DiagnoseAsync(incident, run);
        }
        catch (Exception e) when (e is OperationCanceledException or InputException or IOException or UnauthorizedAccessException)
        {
            // The end, or the lab is lost; whoever works there meets that and says so.
        }
    }

    private async Task DiagnoseAsync(IncidentRecord incident, RunDirectory run)
    {
        var conversation = $"{Prefix}{incident.Run}/{incident.Step}/{incident.Detector}";
        // What nobody was asked then is not asked of the recording.
        if (desk.Model is ReplayModel replay && !replay.Holds(conversation)) return;
        var (advice, model) = await Consultation.HoldAsync(desk, conversation, incident, run, stop.Token);
        if (advice is not null) book.Take(advice, incident, model);
    }
}
