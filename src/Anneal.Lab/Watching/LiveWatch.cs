using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Anneal.Lab.Execution;
using Anneal.Runs;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Lab.Watching;

/// <summary>A command under watch, from its first start to its last end.</summary>
internal sealed class LiveWatch : IDisposable
{
    private const int CannotRun = 126, NotFound = 127;
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(100);
    private static readonly JsonSerializerOptions readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly WatchJob job;
    private readonly RunDirectory run;
    private readonly IDisposable claim;
    private readonly IProgress<WatchEvent>? events;
    private readonly TrainerWatch watch;
    private readonly Lock gate = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<Incident> incidents = [];
    private CommandRecord record;
    private volatile Incident? stop;

    private LiveWatch(WatchJob job, RunDirectory run, IDisposable claim, IProgress<WatchEvent>? events)
    {
        (this.job, this.run, this.claim, this.events) = (job, run, claim, events);
        watch = new TrainerWatch(run, new MonitorOptions { Steps = job.Steps, Policy = job.Policy }, events);
        record = CommandRecord.Load(CommandPath) ?? new();
        record = record with { Command = job.Command, Directory = Environment.CurrentDirectory, Watch = $"{Guid.NewGuid():N}" };
    }

    private string CommandPath => Path.Combine(run.Root, "command.json");

    /// <summary>Makes the run's folder ready; one that an earlier watch left goes on.</summary>
    /// <exception cref="InputException">Another watch, or the command of an earlier one, still runs there.</exception>
    public static LiveWatch Open(WatchJob job, IProgress<WatchEvent>? events)
    {
        var folder = new RunDirectory(job.Directory);
        try
        {
            Directory.CreateDirectory(folder.ControlPath);
            var held = folder.Claim();
            if (CommandRecord.Load(Path.Combine(folder.Root, "command.json"))?.Attempts is [.., { IsAlive: true } left])
                throw new InputException(folder.Root, $"process {left.Pid}, which an earlier watch started here, still runs; end it (kill {left.Pid}), or choose another --run-dir");
            // What a killed watch left half written would swallow the next line.
            folder.TakeBackAfter(int.MaxValue);
            return new(job, folder, held, events);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(folder.Root, $"cannot hold a run: {e.Message}; choose another --run-dir");
        }
    }

    /// <summary>Runs the command to its end.</summary>
    public async Task<WatchResult> RunAsync(Stream output, Stream errors)
    {
        using var signals = new SignalRelay();
        var (code, end, message) = await AttemptAsync(1, output, errors, signals);
        var result = new WatchResult
        {
            Directory = run.Root,
            End = end,
            CommandExitCode = code,
            Attempts = 1,
            Step = watch.Last?.Step ?? 0,
            Loss = watch.Last?.Loss,
            Seconds = clock.Elapsed.TotalSeconds,
            Message = message,
            Incidents = [.. incidents],
        };
        Try(() => AtomicFile.Write(Path.Combine(run.Root, "summary.json"), System.Text.Encoding.UTF8.GetBytes(result.Document().ToJsonString(readable) + "\n")));
        return result;
    }

    public void Dispose()
    {
        watch.Dispose();
        claim.Dispose();
    }

    private async Task<(int Code, WatchEnd End, string? Message)> AttemptAsync(int attempt, Stream output, Stream errors, SignalRelay signals)
    {
        if (ExecutablePath.Find(job.Command[0]) is not { } program) return Unstartable(NotFound, $"there is no program `{job.Command[0]}`");
        if (!ExecutablePath.CanRun(program)) return Unstartable(CannotRun, $"`{program}` is no program that can be run");
        using var process = WatchedProcess.Start(job.Command, CommandVariables(), record.Watch, output, errors, Path.Combine(run.Root, attempt == 1 ? "std" : $"{attempt}.std"), Hear);
        signals.Lead(process.Identity.Pid);
        Note(new CommandAttempt(process.Identity.Pid, process.Identity.Start, DateTime.UtcNow), isNew: true);
        Tell(new CommandStarted(attempt, process.Identity.Pid));

        while (stop is null && await Task.WhenAny(process.Exit, Task.Delay(look)) != process.Exit)
        {
        }
        if (stop is not null && !process.Exit.IsCompleted) await process.EndAsync(job.Grace);
        else if (signals.Ending is not null) await process.SweepAsync(job.Grace);
        else await process.FinishAsync();
        await process.Exit;
        signals.Lead(null);

        var code = process.ExitCode;
        var (end, reason) = stop is { } incident ? (WatchEnd.Stopped, $"ended at step {incident.Step}: {incident.Message}")
            : signals.Ending is { } signal ? (WatchEnd.Interrupted, $"ended after {signal}, exit code {code}")
            : code == 0 ? (WatchEnd.Done, "done") : (WatchEnd.Failed, ExitWords.Of(code));
        Note(record.Attempts[^1] with { ExitCode = code, End = reason }, isNew: false);
        Tell(new CommandEnded(attempt, code, reason));
        return (code, end, end == WatchEnd.Done ? null : reason);
    }

    private Dictionary<string, string> CommandVariables()
    {
        // Python, like most, keeps what it prints into a pipe back for kilobytes: then a watch hears it too late.
        var variables = new Dictionary<string, string> { ["ANNEAL_RUN_DIR"] = run.Root };
        if (Environment.GetEnvironmentVariable("PYTHONUNBUFFERED") is null) variables["PYTHONUNBUFFERED"] = "1";
        return variables;
    }

    private (int Code, WatchEnd End, string? Message) Unstartable(int code, string message)
    {
        Tell(new WatchNotice(message));
        return (code, WatchEnd.Failed, message);
    }

    private void Hear(string line)
    {
        var numbers = MetricLine.Parse(line);
        if (numbers.Count == 0) return;
        lock (gate)
            foreach (var incident in watch.Hear(numbers, clock.Elapsed.TotalSeconds)) Raise(incident);
    }

    private void Raise(Incident incident)
    {
        incidents.Add(incident);
        if (incident.Action == IncidentAction.Stop) stop ??= incident;
    }

    private void Note(CommandAttempt attempt, bool isNew)
    {
        record = record with { Attempts = [.. record.Attempts.Take(record.Attempts.Count - (isNew ? 0 : 1)), attempt] };
        Try(() => record.Save(CommandPath));
    }

    private void Tell(WatchEvent value)
    {
        lock (gate) events?.Report(value);
    }

    // The watch's own files must not end the command.
    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Told once by the watch of the metrics, which are written more often.
        }
    }
}
