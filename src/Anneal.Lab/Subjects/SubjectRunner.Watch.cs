using System.Diagnostics;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Lab.Subjects;

internal sealed partial class SubjectRunner
{
    // A run that takes more than this many times its budget is killed, as autoresearch does it.
    private const double Overtime = 2;

    private const long MostPrinted = 256L << 20, LeastFreeBytes = 256L << 20;
    private const int Quoted = 1500;

    private static readonly TimeSpan poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan useEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan leastSilence = TimeSpan.FromMinutes(5);

    /// <summary>Why a run has no value.</summary>
    /// <param name="Rule">Snake case.</param>
    /// <param name="Cause"><see cref="Cause.Evaluation"/> where the number cannot be believed, <see cref="Cause.Infrastructure"/> where the machine broke it; else the code's own fault.</param>
    /// <param name="Message">The evidence.</param>
    private sealed record Failure(string Rule, Cause Cause, string Message);

    private sealed record Watched(double? Value, int Steps, IReadOnlyDictionary<string, double> Summary, Failure? Failure);

    private async Task<Watched> WatchAsync(SubjectJob job, string id, RunPlace place, CancellationToken cancel)
    {
        var budget = job.Rung * subject.Budget;
        var start = SubjectCommand.Create(subject, place, job.Seed, budget, sandbox, ruler?.TrainDirectory);
        using var watch = new TrainerWatch(new RunDirectory(place.Run), new MonitorOptions { Policy = MonitorPolicy.Stop });
        var metric = new ReportedMetric(subject);
        var clock = Stopwatch.StartNew();
        var silence = new HangWatch(leastSilence);
        Incident? alarm = null;
        var told = false;

        var attempt = ledger.BeginAttempt(id);
        using var process = SubjectProcess.Start(start, place.Run, sandbox is null ? place.Scratch : null, Hear);
        ledger.NameAttempt(attempt, process.Identity);
        Failure? failure = null;
        try
        {
            var nextLook = TimeSpan.Zero;
            var printed = 0L;
            while (failure is null && await Task.WhenAny(process.Exit, Task.Delay(poll, cancel)) != process.Exit)
            {
                cancel.ThrowIfCancellationRequested();
                if (process.Printed is var now && now > printed)
                {
                    printed = now;
                    silence.Heard(clock.Elapsed);
                }
                failure = Overstepped(process, clock.Elapsed, Overtime * budget, silence, alarm, ref nextLook);
            }
            if (failure is null) await process.FinishAsync();
            else
            {
                Volatile.Write(ref told, true);
                await process.EndAsync(failure.Rule.EndsWith("_limit", StringComparison.Ordinal) && failure.Rule != "time_limit" ? TimeSpan.Zero : grace);
            }
            ledger.EndAttempt(attempt, failure is null ? $"exit {process.ExitCode}" : $"{failure.Rule}, ended");
        }
        catch (OperationCanceledException)
        {
            await process.EndAsync(TimeSpan.FromSeconds(1));
            ledger.EndAttempt(attempt, "cancelled");
            throw;
        }
        // A number that is forged counts as such, however the run ended. Where the lab measures, no printed number counts.
        if (ruler is null && metric.Flaw(clock.Elapsed.TotalSeconds, job.LeastSeconds) is { } flaw) failure = new(flaw.Rule, Cause.Evaluation, $"the command {flaw.Detail}");
        failure ??= Ended(process, metric);
        return new Watched(metric.Value, watch.Last?.Step ?? (int)metric.Summary.GetValueOrDefault("num_steps"), metric.Summary, failure);

        void Hear(string line)
        {
            var numbers = MetricLine.Parse(line);
            metric.Hear(line, numbers, Volatile.Read(ref told));
            var before = watch.Last?.Step;
            foreach (var incident in watch.Hear(numbers, clock.Elapsed.TotalSeconds))
                if (incident.Action == IncidentAction.Stop) alarm ??= incident;
            if (watch.Last is { } last && last.Step != before) Tell(new RunProgressed(id, last.Step, new CurvePoint(last.Tokens ?? last.Step, last.Loss)));
        }
    }

    /// <summary>What makes it necessary to end a run, or null.</summary>
    private Failure? Overstepped(SubjectProcess process, TimeSpan elapsed, double limit, HangWatch silence, Incident? alarm, ref TimeSpan nextLook)
    {
        if (alarm is not null) return new("stopped_by_monitor", alarm.Cause, alarm.Message);
        if (elapsed.TotalSeconds > limit) return new("time_limit", Cause.Model, $"killed after {elapsed.TotalSeconds:0.0} s, {Overtime:0} times its budget. Its last words: {LastWords(process)}");
        if (silence.IsHung(elapsed)) return new("hang", Cause.Model, $"silent for {silence.Limit.TotalSeconds:0} s: hung, killed. Its last words: {LastWords(process)}");
        if (process.Printed > MostPrinted) return new("output_flood", Cause.Model, $"printed more than {MostPrinted >> 20} MiB; killed");
        if (elapsed < nextLook) return null;
        nextLook = elapsed + useEvery;
        return OverUsed(process);
    }

    // What the kernel's limits do not add up: all processes together, and the disk that the lab shares.
    private Failure? OverUsed(SubjectProcess process)
    {
        var (use, memory) = (ProcessTree.Of(process.Identity.Pid), SubjectCommand.MemoryBytes(subject));
        if (use.ResidentBytes > memory) return new("memory_limit", Cause.Model, $"used {use.ResidentBytes >> 20} MiB of memory, {memory >> 20} are allowed; killed");
        if (use.Tasks > SubjectCommand.MostTasks) return new("process_limit", Cause.Model, $"ran {use.Tasks} processes and threads, {SubjectCommand.MostTasks} are allowed; killed");
        var free = new DriveInfo(ledger.Directory).AvailableFreeSpace;
        return free < LeastFreeBytes ? new("disk_limit", Cause.Infrastructure, $"left {free >> 20} MiB on the lab's disk; killed") : null;
    }

    /// <summary>Why a run that ended by itself has no value, or null.</summary>
    private Failure? Ended(SubjectProcess process, ReportedMetric metric) => process.ExitCode switch
    {
        0 when metric.Value is not null || ruler is not null => null,
        0 => new("no_metric", Cause.Model, $"ended well, but printed no line `{subject.Metric}: VALUE`. Its last words: {LastWords(process)}"),
        137 => new("killed", Cause.Infrastructure, $"killed (signal 9): by the system for memory, or by hand. Its last words: {LastWords(process)}"),
        var code => new("crash", Cause.Model, $"ended with exit code {code}. Its last words: {LastWords(process)}"),
    };

    private static string LastWords(SubjectProcess process) => process.LastWords(Quoted) is { Length: > 0 } words ? words[Math.Max(0, words.Length - Quoted)..] : "(none)";
}
