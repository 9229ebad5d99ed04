using Anneal.Data;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Worker;

/// <summary>What the run does after its commands.</summary>
internal enum ControlOutcome
{
    /// <summary>Trains on.</summary>
    GoOn,

    /// <summary>Trains on from an earlier state.</summary>
    Rewound,

    /// <summary>Ends.</summary>
    Stop,
}

/// <summary>Hands due commands to the trainer between steps, and does what is the process's own: pausing, sampling, ending.</summary>
internal sealed class Controls
{
    private readonly RunDirectory run;
    private readonly RunOrder order;
    private readonly Trainer trainer;
    private readonly StepRecorder recorder;
    private readonly StatusFile status;
    private readonly ControlInbox inbox;
    private readonly TrainerControls commands;

    public Controls(RunDirectory run, RunOrder order, Trainer trainer, Checkpoints checkpoints, StepRecorder recorder, StatusFile status)
    {
        (this.run, this.order, this.trainer, this.recorder, this.status) = (run, order, trainer, recorder, status);
        inbox = new(run);
        commands = new(trainer, checkpoints, run);
    }

    /// <summary>Whether a step's batch is only read.</summary>
    public bool Skips(int step) => commands.Skips(step);

    /// <summary>Applies what is due; while paused, waits here.</summary>
    /// <param name="interruption">Ends a pause.</param>
    /// <param name="now">Looks though it has just looked.</param>
    public ControlOutcome Apply(Interruption interruption, bool now = false)
    {
        commands.Repeat();
        var (paused, rewound) = (false, false);
        do
        {
            foreach (var command in inbox.Poll((int)trainer.StepCount, now: paused || now))
            {
                if (command.Command is ControlVerb.Pause or ControlVerb.Resume)
                {
                    paused = command.Command == ControlVerb.Pause;
                    inbox.Answer(commands.Applied(command, new() { ["paused"] = paused ? 0 : 1 }, new() { ["paused"] = paused ? 1 : 0 }));
                }
                else
                {
                    var outcome = Apply(command);
                    if (outcome == ControlOutcome.Stop) return outcome;
                    rewound |= outcome == ControlOutcome.Rewound;
                }
            }
            if (IsTold()) return ControlOutcome.Stop;
            if (!paused) break;
            recorder.Flush();
            status.Beat(RunState.Paused, null);
            Thread.Sleep(20);
        } while (interruption.Reason is null);
        return rewound ? ControlOutcome.Rewound : ControlOutcome.GoOn;
    }

    private ControlOutcome Apply(ControlCommand command)
    {
        recorder.Flush();
        var answer = command.Command == ControlVerb.Sample ? Sample(command) : commands.Apply(command);
        var done = answer.Status == AcknowledgementStatus.Applied;
        var outcome = (command.Command, done) switch
        {
            (ControlVerb.LoadCheckpoint, true) => ControlOutcome.Rewound,
            (ControlVerb.Stop, true) => ControlOutcome.Stop,
            _ => ControlOutcome.GoOn,
        };
        if (outcome == ControlOutcome.Rewound)
        {
            recorder.TruncateAfter((int)trainer.StepCount);
            answer = answer with { After = new Dictionary<string, double>(answer.After) { ["incidents"] = JsonLines.Count(run.IncidentsPath), ["samples"] = JsonLines.Count(run.SamplesPath) } };
        }
        inbox.Answer(answer);
        return outcome;
    }

    // The file is taken away, so that the run goes on when it is started again.
    private bool IsTold()
    {
        if (!inbox.HasLooked || !File.Exists(run.StopPath)) return false;
        File.Delete(run.StopPath);
        return true;
    }

    private Acknowledgement Sample(ControlCommand command)
    {
        double Arg(string name, double fallback) => command.Args.GetValueOrDefault(name, fallback);
        try
        {
            var options = new SamplerOptions { Tokens = (int)Arg("tokens", 128), Temperature = Arg("temperature", 0.8), TopK = (int)Arg("top_k", 50), Seed = (long)Arg("seed", 1) };
            var tokenizer = Tokenizer.Load(Path.Combine(order.TrainDirectory, "tokenizer.json"));
            var text = TextSampler.Continue(trainer.Model, tokenizer, command.Text ?? "", options);
            new SampleRecord((int)trainer.StepCount, command.Text ?? "", text, options.Temperature, options.TopK, options.Seed).AppendTo(run.SamplesPath);
            return commands.Applied(command);
        }
        catch (Exception e) when (e is ArgumentException or CorpusException or IOException)
        {
            return commands.Rejected(command, e.Message);
        }
    }
}
