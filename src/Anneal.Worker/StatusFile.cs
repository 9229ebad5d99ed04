using System.Diagnostics;
using Anneal.Engine.Training;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Worker;

/// <summary>Keeps <c>status.json</c> fresh: at most four times a second, and at every change of state.</summary>
internal sealed class StatusFile : IDisposable
{
    private static readonly TimeSpan interval = TimeSpan.FromMilliseconds(250);
    private static readonly string[] capabilities = [.. TrainerControls.Capabilities, "evaluate", "sample", "pause", "resume", "stop"];

    private readonly RunDirectory run;
    private readonly Trainer trainer;
    private readonly Checkpoints checkpoints;
    private readonly long parameters;
    private RunState last = RunState.Starting;
    private double? loss;
    private long written;

    public StatusFile(RunDirectory run, Trainer trainer, Checkpoints checkpoints)
    {
        (this.run, this.trainer, this.checkpoints) = (run, trainer, checkpoints);
        parameters = trainer.Model.ParameterCount;
        Write(RunState.Starting, null);
    }

    /// <summary>A sign of life.</summary>
    public void Beat(RunState state, double? latestLoss)
    {
        loss = latestLoss ?? loss;
        if (state != last || Stopwatch.GetElapsedTime(written) > interval) Write(state, null);
    }

    /// <summary>Writes the state now.</summary>
    public void Write(RunState state, string? message)
    {
        last = state;
        written = Stopwatch.GetTimestamp();
        new RunStatus
        {
            State = state,
            Step = (int)trainer.StepCount,
            Steps = (int)trainer.Steps,
            Pid = Environment.ProcessId,
            Tokens = trainer.Tokens,
            Flops = trainer.StepCount * trainer.FlopsPerStep,
            Parameters = parameters,
            Loss = loss,
            Capabilities = capabilities,
            LastCheckpoint = checkpoints.Newest() is { } newest ? Path.GetRelativePath(run.Root, newest) : null,
            Message = message,
            UpdatedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0,
        }.Save(run.StatusPath);
    }

    // A process that leaves while it still says "running" was cut short.
    public void Dispose()
    {
        if (last is RunState.Starting or RunState.Running or RunState.Paused)
        {
            try
            {
                Write(RunState.Failed, "ended by an error; see standard error");
            }
            catch (IOException)
            {
                // The disk is the error.
            }
        }
    }
}
