using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Subjects;

/// <summary>
/// Runs a subject's command on fresh, verified files of one commit, watched and within limits, one run at a time: two
/// would take each other's time. A job in the ledger is not run again.
/// </summary>
/// <param name="spec">The study.</param>
/// <param name="repository">Where the files come from.</param>
/// <param name="ledger">Under our lease.</param>
/// <param name="sandbox">Null to run commands with our own rights.</param>
/// <param name="progress">Told what happens.</param>
/// <param name="ruler">Measures what was trained; null where the command prints its own value.</param>
internal sealed partial class SubjectRunner(StudySpec spec, SubjectRepository repository, Ledger.Ledger ledger, Sandbox? sandbox, IProgress<StudyEvent>? progress, SubjectRuler? ruler = null)
{
    private readonly SubjectSpec subject = spec.Subject!;
    private int usualSteps;

    /// <summary>File in a run's folder with every number of the command's summary.</summary>
    public const string SummaryFile = "summary.json";

    /// <summary>Folder of a run.</summary>
    /// <param name="run">Run id.</param>
    public string PathOf(string run) => Path.Combine(ledger.Directory, "runs", run);

    /// <summary>The job's run: from the ledger, or done now.</summary>
    /// <param name="job">What is wanted.</param>
    /// <param name="cancel">Ends the command; the run is made anew in a later sitting.</param>
    public async Task<RunRecord> RunAsync(SubjectJob job, CancellationToken cancel)
    {
        var run = ledger.FindRun(spec.Study, job.Key) ?? await DoAsync(job, cancel);
        if (run is { Rung: 1, Value: not null }) usualSteps = run.Steps;
        Tell(new RunFinished(run));
        return run;
    }

    private async Task<RunRecord> DoAsync(SubjectJob job, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var id = $"{spec.Study}.{job.Key}";
        var (place, manifest) = await PrepareAsync(job, id, cancel);
        Tell(new RunStarted(id, job.Experiment, job.Role, job.Pair, job.Rung, (int)(job.Rung * usualSteps)));
        var clock = Stopwatch.StartNew();
        Watched watched;
        try
        {
            watched = await WatchAsync(job, id, place, cancel);
            if (watched.Failure is null && manifest.FindChanges() is [var first, ..] changes)
                watched = watched with { Failure = new("changed_files", Cause.Evaluation, $"the run changed {Units(changes.Count)} of the repository while it ran ({first})") };
            if (watched.Failure is null && ruler is not null) watched = await MeasureAsync(ruler, job, place, watched, cancel);
        }
        finally
        {
            place.Sweep();
        }

        AtomicFile.Write(Path.Combine(place.Run, SummaryFile), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(watched.Summary, Ledger.Ledger.Json)));
        List<IncidentRecord> incidents = [.. Incident.ReadAll(new RunDirectory(place.Run).IncidentsPath).Select(incident => ToRecord(job, id, incident))];
        if (watched.Failure is { } failure)
            incidents.Add(ToRecord(job, id, new Incident { Step = watched.Steps, Severity = Severity.Act, Action = IncidentAction.Stop, Detector = failure.Rule, Cause = failure.Cause, Message = failure.Message }));
        var run = new RunRecord
        {
            Id = id,
            Study = spec.Study,
            Experiment = job.Experiment,
            Role = job.Role,
            Pair = job.Pair,
            Rung = job.Rung,
            Recipe = job.Revision.ToText(),
            RecipeHash = job.Revision.Tree,
            Seed = job.Seed,
            OrderSeed = job.Seed,
            Status = watched.Failure is null ? "done" : "failed",
            Value = watched.Failure is null ? subject.Signed(watched.Value!.Value) : null,
            Steps = watched.Steps,
            Tokens = Count(watched.Summary, "total_tokens_M"),
            Seconds = clock.Elapsed.TotalSeconds,
            Parameters = Count(watched.Summary, "num_params_M"),
            Curve = [.. LossCurve.Of(MetricsReader.ReadAll(new RunDirectory(place.Run).MetricsPath)).Select(point => new CurvePoint(point.Tokens, point.Loss))],
        };
        ledger.AddRun(job.Key, run, null, incidents);
        foreach (var incident in incidents) Tell(new IncidentSeen(incident));
        return run;
    }

    // What the model was asked, and what it did to be caught, says a rule of the judge; anything else is no fault of the code's.
    private static async Task<Watched> MeasureAsync(SubjectRuler ruler, SubjectJob job, RunPlace place, Watched watched, CancellationToken cancel)
    {
        try
        {
            return watched with { Value = await ruler.MeasureAsync(place, job.Split, cancel) };
        }
        catch (EvaluationException e)
        {
            return watched with { Failure = new(e.Rule ?? "evaluator", e.Rule is null ? Cause.Infrastructure : Cause.Evaluation, PlainWords.Of(e.Message)) };
        }
    }

    // A run that was interrupted is made anew: nothing of it counts.
    private async Task<(RunPlace Place, SourceManifest Manifest)> PrepareAsync(SubjectJob job, string id, CancellationToken cancel)
    {
        var tree = Path.Combine(ledger.Directory, "subjects", spec.Study, "trees", id);
        var files = await repository.ListFilesAsync(job.Revision.Commit, cancel);
        var place = new RunPlace(PathOf(id), tree, [.. files.Where(file => !subject.Edit.Contains(file)).Select(file => Path.Combine(tree, "source", file))]);
        if (Directory.Exists(place.Run)) Directory.Delete(place.Run, recursive: true);
        place.Sweep();
        Directory.CreateDirectory(place.Run);
        Directory.CreateDirectory(place.Scratch);
        await repository.CheckOutAsync(job.Revision.Commit, place.Source, cancel);
        AtomicFile.Write(Path.Combine(place.Run, "revision.txt"), Encoding.UTF8.GetBytes(job.Revision.ToText()));
        var manifest = SourceManifest.Of(place.Source, await repository.ListFilesAsync(job.Revision.Commit, cancel, links: true));
        return (place, manifest);
    }

    private static IncidentRecord ToRecord(SubjectJob job, string id, Incident incident) => new(
        id, job.Experiment, incident.Step, Word(incident.Severity), Word(incident.Action), incident.Detector, Word(incident.Cause), incident.Message);

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static long Count(IReadOnlyDictionary<string, double> summary, string millions) =>
        summary.TryGetValue(millions, out var value) && value is > 0 and < 1e9 ? (long)(value * 1e6) : 0;

    private static string Units(int files) => files == 1 ? "a file" : $"{files} files";

    private void Tell(StudyEvent what) => progress?.Report(what);
}
