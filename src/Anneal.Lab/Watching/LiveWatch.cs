using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Anneal.Lab.Diagnoses;
using Anneal.Lab.Execution;
using Anneal.Runs;
using Anneal.Runs.Interventions;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;
using Anneal.Runs.Watching.Replays;

namespace Anneal.Lab.Watching;

/// <summary>A command under watch, from its first start to its last end.</summary>
internal sealed class LiveWatch : IDisposable
{
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(100), useEvery = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly WatchJob job;
    private readonly RunDirectory run;
    private readonly IDisposable claim;
    private readonly IProgress<WatchEvent>? events;
    private readonly TrainerWatch watch;
    private readonly Lock gate = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<Incident> incidents = [];
    private readonly RunDiagnostician? diagnostician;
    private CommandRecord record;

    private LiveWatch(WatchJob job, RunDirectory run, IDisposable claim, IProgress<WatchEvent>? events)
    {
        (this.job, this.run, this.claim, this.events) = (job, run, claim, events);
        var options = new MonitorOptions
        {
            Steps = job.Steps,
            Policy = job.Policy,
            Reference = job.Reference is { } reference ? ReferenceCurve.Load(reference) : [],
            MemoryMb = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1048576.0,
        };
        watch = new TrainerWatch(run, options, events, job.LogDirectory ?? LogDirectories.Find(job.Command), preferEvents: job.LogDirectory is not null) { AnswerWithin = job.AnswerWithin };
        watch.Recall();
        diagnostician = RunDiagnostician.Open(run, job.Diagnose, Advise, new Teller(this));
        record = (CommandRecord.Load(CommandPath) ?? new()) with { Command = job.Command, Directory = Environment.CurrentDirectory, Watch = $"{Guid.NewGuid():N}" };
    }

    private string CommandPath => Path.Combine(run.Root, "command.json");

    /// <summary>Makes the run's folder ready; one that an earlier watch left goes on.</summary>
    /// <exception cref="InputException">Another watch, or the command of an earlier one, still runs there.</exception>
    public static LiveWatch Open(WatchJob job, IProgress<WatchEvent>? events)
    {
        // Whether it can be written is known before the command is started.
        if (job.Lab is { } lab) Ledger.Ledger.Open(lab).Dispose();
        var folder = new RunDirectory(job.Directory);
        IDisposable? held = null;
        try
        {
            Directory.CreateDirectory(folder.ControlPath);
            held = folder.Claim();
            var earlier = CommandRecord.Load(Path.Combine(folder.Root, "command.json"));
            if (earlier?.Attempts is [.., { IsAlive: true } left])
                throw new InputException(folder.Root, $"process {left.Pid}, which an earlier watch started here, still runs; end it (kill {left.Pid}), or choose another --run-dir");
            if (earlier is { Watch.Length: > 0 } && ProcessGroup.AnyByVariable($"{WatchedProcess.Mark}={earlier.Watch}"))
                throw new InputException(folder.Root, $"processes that an earlier watch started here still run; end those with {WatchedProcess.Mark}={earlier.Watch} in their environment, or choose another --run-dir");
            // What a killed watch left half written would swallow the next line.
            folder.TakeBackAfter(int.MaxValue);
            return new(job, folder, held, events);
        }
        catch (Exception e)
        {
            held?.Dispose();
            if (e is IOException or UnauthorizedAccessException) throw new InputException(folder.Root, $"cannot hold a run: {e.Message}; choose another --run-dir");
            throw;
        }
    }

    /// <summary>Runs the command to its end, as often as it is to be started.</summary>
    public async Task<WatchResult> RunAsync(Stream output, Stream errors)
    {
        using var signals = new SignalRelay();
        var policy = new RestartPolicy(job.Restarts, job.Backoff);
        var (restarts, quick) = (0, 0);
        Attempt attempt;
        while (true)
        {
            attempt = await AttemptAsync(restarts + 1, output, errors, signals);
            quick = RestartPolicy.IsQuick(attempt.Took) ? quick + 1 : 0;
            if (attempt.End != WatchEnd.Failed && !attempt.WasHung) break;
            var wait = policy.Wait(restarts, quick, attempt.ExitCode);
            if (!attempt.WasHung && attempt.Took > TimeSpan.Zero) Crashed(attempt, wait is not null);
            if (wait is not { } pause || !AgreesToRestart(attempt.ExitCode)) break;
            Tell(new WatchNotice($"started again in {pause.TotalSeconds:0.#} s (restart {restarts + 1} of {job.Restarts})"));
            if (!await PauseAsync(pause, signals)) break;
            restarts++;
        }
        lock (gate)
        {
            Keep(watch.Look(clock.Elapsed.TotalSeconds, last: true));
            watch.Close();
        }
        if (diagnostician is not null) await diagnostician.DisposeAsync();
        Record();
        return Conclude(attempt, restarts + 1);
    }

    public void Dispose()
    {
        watch.Dispose();
        claim.Dispose();
    }

    private async Task<Attempt> AttemptAsync(int number, Stream output, Stream errors, SignalRelay signals)
    {
        if (ExecutablePath.Find(job.Command[0]) is not { } program) return Unstartable(ExitWords.NotFound, $"there is no program `{job.Command[0]}`");
        if (!ExecutablePath.CanRun(program)) return Unstartable(ExitWords.CannotRun, $"`{program}` is no program that can be run");
        var began = clock.Elapsed;
        using var process = WatchedProcess.Start(job.Command, CommandVariables(), record.Watch, output, errors, Path.Combine(run.Root, number == 1 ? "std" : $"{number}.std"), Hear);
        signals.Lead(process.Identity.Pid);
        Note(new CommandAttempt(process.Identity.Pid, process.Identity.Start, DateTime.UtcNow), isNew: true);
        Tell(new CommandStarted(number, process.Identity.Pid));

        var silence = new Silence(process.Identity.Pid, clock.Elapsed);
        while (Demand == StewardDemand.None && await Task.WhenAny(process.Exit, Task.Delay(look)) != process.Exit)
            lock (gate) Look(silence);
        var (demand, why) = (Demand, watch.Why);
        if (demand != StewardDemand.None && !process.Exit.IsCompleted)
        {
            // One that understands it has been told to stop, and may save its state first.
            if (demand == StewardDemand.Stop && watch.Capabilities.Contains("stop")) await Task.WhenAny(process.Exit, Task.Delay(job.Grace));
            await process.EndAsync(job.Grace);
        }
        else if (signals.Ending is not null || job.Restarts > 0) await process.SweepAsync(job.Grace);
        else await process.FinishAsync();
        await process.Exit;
        signals.Lead(null);
        if (demand != StewardDemand.None)
            lock (gate) watch.Obeyed();

        var code = process.ExitCode;
        var (end, reason) = demand != StewardDemand.None && signals.Ending is null ? (WatchEnd.Stopped, $"ended at step {watch.Last?.Step ?? 0}: {why}")
            : signals.Ending is { } signal ? (WatchEnd.Interrupted, $"ended after {signal}, exit code {code}")
            : code == 0 ? (WatchEnd.Done, "done") : (WatchEnd.Failed, ExitWords.Of(code));
        Note(record.Attempts[^1] with { ExitCode = code, End = reason }, isNew: false);
        Tell(new CommandEnded(number, code, reason));
        return new(code, end, reason, clock.Elapsed - began) { WasHung = demand == StewardDemand.Restart && end == WatchEnd.Stopped };
    }

    // What is to be done with the process now. A restart that was not allowed is left to people.
    private StewardDemand Demand
    {
        get
        {
            lock (gate) return watch.Demand == StewardDemand.Restart && job.Restarts == 0 ? StewardDemand.None : watch.Demand;
        }
    }

    private void Look(Silence silence)
    {
        Keep(watch.Look(clock.Elapsed.TotalSeconds));
        if (!silence.IsDue(clock.Elapsed, watch.Last?.Step ?? 0, useEvery)) return;
        watch.RssMb = silence.RssMb;
        Keep(watch.Idle(silence.Seconds, new Dictionary<string, double> { ["perf/processor_share"] = silence.ProcessorShare }));
    }

    private void Crashed(Attempt attempt, bool restarts)
    {
        lock (gate)
        {
            var incident = new Incident
            {
                Step = watch.Last?.Step ?? 0,
                Severity = Severity.Act,
                Action = restarts ? IncidentAction.Restart : IncidentAction.None,
                Detector = "exit",
                Cause = Cause.Infrastructure,
                Message = $"The command {attempt.Reason}, after {attempt.Took.TotalSeconds:0.#} s and step {watch.Last?.Step ?? 0}.",
                Evidence = new Dictionary<string, double> { ["exit_code"] = attempt.ExitCode, ["confidence"] = 1 },
            };
            watch.Raise(incident);
            incidents.Add(incident);
        }
    }

    // A crash loop under the policy to act ends here.
    private bool AgreesToRestart(int exitCode)
    {
        lock (gate)
        {
            Keep(watch.Restarted(exitCode));
            if (watch.Demand == StewardDemand.Stop) return false;
            watch.Obeyed();
            return true;
        }
    }

    private static async Task<bool> PauseAsync(TimeSpan pause, SignalRelay signals)
    {
        var waited = Stopwatch.StartNew();
        while (signals.Ending is null && waited.Elapsed < pause) await Task.Delay(look < pause ? look : pause);
        return signals.Ending is null;
    }

    private WatchResult Conclude(Attempt attempt, int attempts)
    {
        var result = new WatchResult
        {
            Directory = run.Root,
            End = attempt.End,
            CommandExitCode = attempt.ExitCode,
            Attempts = attempts,
            Step = watch.Last?.Step ?? 0,
            Loss = watch.Last?.Loss,
            Seconds = clock.Elapsed.TotalSeconds,
            Message = attempt.End == WatchEnd.Done ? null : attempt.Reason,
            Incidents = [.. incidents],
        };
        Try(() => AtomicFile.Write(Path.Combine(run.Root, "summary.json"), Encoding.UTF8.GetBytes(result.Document().ToJsonString(readable) + "\n")));
        return result;
    }

    // All of the folder's, so that what a killed watch left is recorded by the next.
    private void Record()
    {
        if (job.Lab is not { } lab || Intervention.ReadAll(run.InterventionsPath) is not { Count: > 0 } lines) return;
        try
        {
            using var ledger = Ledger.Ledger.Open(lab);
            ledger.AddInterventions(run, lines);
        }
        catch (InputException e)
        {
            Tell(new WatchNotice($"what was done is not in the ledger: {e.Message}"));
        }
    }

    private Dictionary<string, string> CommandVariables()
    {
        // Python, like most, keeps what it prints into a pipe back for kilobytes: then a watch hears it too late.
        var variables = new Dictionary<string, string> { ["ANNEAL_RUN_DIR"] = run.Root };
        if (Environment.GetEnvironmentVariable("PYTHONUNBUFFERED") is null) variables["PYTHONUNBUFFERED"] = "1";
        return variables;
    }

    private Attempt Unstartable(int code, string message)
    {
        Tell(new WatchNotice(message));
        return new(code, WatchEnd.Failed, message, TimeSpan.Zero);
    }

    private void Hear(string line)
    {
        var numbers = MetricLine.Parse(line);
        if (numbers.Count == 0) return;
        lock (gate) Keep(watch.Hear(numbers, clock.Elapsed.TotalSeconds));
    }

    private void Keep(IReadOnlyList<Incident> found)
    {
        incidents.AddRange(found);
        foreach (var incident in found) diagnostician?.Hear(incident);
    }

    private string Advise(Advice advice, Incident incident, string source)
    {
        lock (gate) return watch.Advise(advice, incident, source);
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

    private sealed class Teller(LiveWatch watch) : IProgress<WatchEvent>
    {
        public void Report(WatchEvent value) => watch.Tell(value);
    }

    // The watch's own files must not end the command.
    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // Told once by the watch of the metrics, which are written more often.
        }
    }
}
