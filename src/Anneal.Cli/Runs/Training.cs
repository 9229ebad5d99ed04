using Anneal.Cli.Terminal;
using Anneal.Lab.Execution;
using Anneal.Lab.Reports;
using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Cli.Runs;

/// <summary>A run in a worker process of its own, shown while it trains.</summary>
internal static class Training
{
    /// <summary>Trains to the end; a run that was interrupted goes on from its newest state.</summary>
    /// <exception cref="JobFailedException">The run failed or the monitor stopped it; the message says why.</exception>
    /// <exception cref="OperationCanceledException">Interrupted, with the state saved.</exception>
    public static async Task RunAsync(RunDirectory run, Output output, CancellationToken cancel)
    {
        using var child = Child.Start(WorkerCommand.Create("train", run.Root));
        child.DrainOutput();
        using var line = new StatusLine(output);
        var metrics = new MetricsReader(run.MetricsPath);
        try
        {
            while (await Task.WhenAny(child.Exit, Task.Delay(100, cancel)) != child.Exit)
            {
                cancel.ThrowIfCancellationRequested();
                if (metrics.ReadNew() is [.., var last])
                    line.Show(Standing(last, RunStatus.Load(run.StatusPath)?.Steps));
            }
        }
        catch (OperationCanceledException)
        {
            await child.EndAsync(TimeSpan.FromSeconds(2));
            throw;
        }

        cancel.ThrowIfCancellationRequested();
        switch (child.ExitCode)
        {
            case ExitCode.Done:
                return;
            case ExitCode.Wrong:
                throw new InputException(run.Root, child.Errors);
            default:
                throw new JobFailedException(Incident.ReadAll(run.IncidentsPath) is [.., var incident]
                    ? $"the run stopped at step {incident.Step}: {incident.Message} ({incident.Detector})"
                    : $"the run ended with exit code {child.ExitCode}: {child.Errors}");
        }
    }

    private static string Standing(StepMetrics last, int? steps)
    {
        var left = steps is > 0 && last.Time is { } time ? time * (steps.Value - last.Step) / last.Step : (double?)null;
        return $"step {last.Step}{(steps is > 0 ? $" of {steps}" : "")}, loss {last.Loss:0.000}"
            + (last.TokensPerSecond is { } rate ? $", {Units.Count(rate, "tokens/s")}" : "")
            + (left is { } seconds ? $", {Units.Duration(seconds)} left" : "");
    }
}
