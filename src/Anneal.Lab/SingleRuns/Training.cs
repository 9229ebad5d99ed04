using Anneal.Lab.Execution;
using Anneal.Runs;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Lab.SingleRuns;

/// <summary>A run in a worker process of its own, watched while it trains.</summary>
internal static class Training
{
    // Exit codes of `Anneal.Worker train`.
    private const int Done = 0, Wrong = 2;

    /// <summary>Trains to the end; a run that was interrupted goes on from its newest state.</summary>
    /// <exception cref="JobFailedException">The run failed or the monitor stopped it; the message says why.</exception>
    /// <exception cref="OperationCanceledException">Interrupted, with the state saved.</exception>
    public static async Task RunAsync(RunDirectory run, IProgress<TrainingProgress>? progress, IProgress<WatchEvent> events, CancellationToken cancel)
    {
        using var child = Child.Start(WorkerCommand.Create("train", run.Root));
        child.DrainOutput();
        var follower = new RunFollower(run, events);
        try
        {
            while (await Task.WhenAny(child.Exit, Task.Delay(100, cancel)) != child.Exit)
            {
                cancel.ThrowIfCancellationRequested();
                if (follower.Look() is { } last)
                    progress?.Report(new TrainingProgress(last, RunStatus.Load(run.StatusPath)?.Steps));
            }
        }
        catch (OperationCanceledException)
        {
            await child.EndAsync(TimeSpan.FromSeconds(2));
            throw;
        }

        follower.Look();
        cancel.ThrowIfCancellationRequested();
        switch (child.ExitCode)
        {
            case Done:
                return;
            case Wrong:
                throw new InputException(run.Root, child.Errors);
            default:
                throw new JobFailedException(Incident.ReadAll(run.IncidentsPath) is [.., var incident]
                    ? $"the run stopped at step {incident.Step}: {incident.Message} ({incident.Detector})"
                    : $"the run ended with exit code {child.ExitCode}: {child.Errors}");
        }
    }
}
