using System.Diagnostics;
using Anneal.Lab.Ledger;
using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Execution;

internal sealed partial class Executor
{
    // Exit codes of `Anneal.Worker train`.
    private const int Done = 0, Stopped = 3, Interrupted = 130, Killed = 137;

    private static readonly TimeSpan poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan toSaveAndEnd = TimeSpan.FromSeconds(1);

    private const long LeastFreeBytes = 16 << 20;

    /// <summary>How a training ended.</summary>
    /// <param name="Done">All steps are done and saved.</param>
    /// <param name="Incidents">What was seen from outside.</param>
    /// <param name="Foul">Rule that it broke, or null.</param>
    private sealed record Trained(bool Done, IReadOnlyList<IncidentRecord> Incidents, FoulPlay? Foul = null);

    /// <summary>Trains in a child process, again and again if infrastructure breaks it; it goes on from its own checkpoint.</summary>
    private async Task<Trained> TrainAsync(Job job, RunDirectory directory, RunOrder order, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (code, words, foul) = await AttemptAsync(job, directory, order, cancel);
            if (foul is not null) return new Trained(false, [], foul);
            if (code == Done) return new Trained(true, []);
            if (code == Stopped) return new Trained(false, []);

            RefuseFullDisk(words);
            var broken = code switch
            {
                Hung => words,
                Killed => "killed (signal 9): by the system for memory, or by hand",
                Interrupted => "interrupted by a signal that was not ours",
                _ => $"ended with exit code {code}: {words}",
            };
            if (attempt == options.RetryAfter.Count)
                return new Trained(false, [Seen(Cause.Infrastructure, IncidentAction.Stop, $"{broken}; given up after {attempt + 1} tries")]);
            var incident = Seen(Cause.Infrastructure, IncidentAction.Restart, $"{broken}; started again");
            ledger.AddIncident(spec.Study, incident);
            Tell(new IncidentSeen(incident));
            await Task.Delay(options.RetryAfter[attempt], cancel);
        }

        IncidentRecord Seen(Cause cause, IncidentAction action, string message) => ToRecord(job, new Incident
        {
            Step = RunStatus.Load(directory.StatusPath)?.Step ?? 0,
            Severity = Severity.Act,
            Action = action,
            Detector = "process",
            Cause = cause,
            Message = message,
        });
    }

    // No exit code is negative.
    private const int Hung = -1;

    private async Task<(int Code, string Words, FoulPlay? Foul)> AttemptAsync(Job job, RunDirectory directory, RunOrder order, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await using var code = job.Recipe.Code.IsEmpty ? null : new CodeRun(directory, order, Workers(job.Recipe), Limits(job, directory, order));
        var attempt = ledger.BeginAttempt(Id(job));
        using var child = code?.Start() ?? Child.Start(WorkerCommand.Create("train", directory.Root));
        child.DrainOutput();
        ledger.NameAttempt(attempt, child.Identity);
        var clock = Stopwatch.StartNew();
        var watch = new HangWatch(options.HangFloor);
        var metrics = new MetricsReader(directory.MetricsPath);
        try
        {
            while (await Task.WhenAny(child.Exit, Task.Delay(poll, cancel)) != child.Exit)
            {
                cancel.ThrowIfCancellationRequested();
                if (metrics.ReadNew() is [.., var last])
                {
                    watch.Heard(clock.Elapsed);
                    Tell(new RunProgressed(Id(job), last.Step, new CurvePoint(last.Tokens ?? 0, last.Loss)));
                }
                if (code?.Look() is null && !watch.IsHung(clock.Elapsed)) continue;
                child.Kill();
                await child.Exit;
                return Ended(Hung, $"silent for {watch.Limit.TotalSeconds:0} s: hung, killed", code?.Foul ?? code?.Silent(watch.Limit));
            }
            // Ctrl+C reaches our children too; it may reach them first.
            if (child.ExitCode == Interrupted) await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
            return Ended(child.ExitCode, child.Errors, code is null ? null : await code.EndAsync(child.ExitCode, child.Errors));
        }
        catch (OperationCanceledException)
        {
            await child.EndAsync(toSaveAndEnd);
            ledger.EndAttempt(attempt, "cancelled");
            throw;
        }

        (int, string, FoulPlay?) Ended(int exitCode, string words, FoulPlay? foul)
        {
            ledger.EndAttempt(attempt, foul is not null ? foul.Rule : exitCode == Hung ? "hung, killed" : $"exit {exitCode}");
            return (exitCode, words, foul);
        }
    }

    // A full disk breaks every run; trying again would only fill the ledger with incidents.
    private void RefuseFullDisk(string words)
    {
        var drive = new DriveInfo(ledger.Directory);
        if (drive.AvailableFreeSpace < LeastFreeBytes || words.Contains("No space left", StringComparison.OrdinalIgnoreCase) || words.Contains("disk is full", StringComparison.OrdinalIgnoreCase))
            throw new InputException(ledger.Directory, $"the disk is full ({drive.AvailableFreeSpace >> 20} MiB left on {drive.Name}). Nothing recorded is lost: free some space, then `anneal study resume {spec.Study}`.");
    }
}
