using System.Text;

namespace Anneal.Runs.Protocol;

/// <summary>Where a run keeps what it reads and emits.</summary>
/// <param name="path">The run's folder.</param>
public sealed class RunDirectory(string path)
{
    /// <summary>The folder, absolute.</summary>
    public string Root { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>What to do: <see cref="RunOrder"/>.</summary>
    public string OrderPath => In("order.json");

    /// <summary>The resolved recipe with every default, for people.</summary>
    public string RecipePath => In("recipe.yaml");

    /// <summary>One object a step: <see cref="StepMetrics"/>.</summary>
    public string MetricsPath => In("metrics.jsonl");

    /// <summary>Where the run stands: <see cref="RunStatus"/>.</summary>
    public string StatusPath => In("status.json");

    /// <summary>Commands to the run, one file each: <see cref="ControlCommand"/>.</summary>
    public string ControlPath => In("control");

    /// <summary>Answers to commands: <see cref="Acknowledgement"/>.</summary>
    public string AcknowledgementsPath => In("acks.jsonl");

    /// <summary>What the monitor saw: <see cref="Incident"/>.</summary>
    public string IncidentsPath => In("incidents.jsonl");

    /// <summary>What was done about it: <see cref="Interventions.Intervention"/>.</summary>
    public string InterventionsPath => In("interventions.jsonl");

    /// <summary>A file of this name, put here by anybody, ends the run with its state saved.</summary>
    public string StopPath => In("stop");

    /// <summary>Second opinions on incidents, by a language model, and what became of each.</summary>
    public string DiagnosesPath => In("diagnoses.jsonl");

    /// <summary>Text that the model wrote: <see cref="SampleRecord"/>.</summary>
    public string SamplesPath => In("samples.jsonl");

    /// <summary>What the lab's evaluator measured.</summary>
    public string EvaluationsPath => In("evaluations.jsonl");

    /// <summary>Saved states, see <see cref="Checkpoints"/>.</summary>
    public string CheckpointsPath => In("checkpoints");

    /// <summary>
    /// Lays out a new run: the folder with its recipe and order. An order already there is kept if it is the same, so that
    /// the run can go on; another one, or a folder that cannot be written: <see cref="InputException"/>.
    /// </summary>
    public static RunDirectory Create(string path, RunOrder order)
    {
        var run = new RunDirectory(path);
        try
        {
            var json = order.ToJson();
            if (File.Exists(run.OrderPath))
            {
                if (File.ReadAllBytes(run.OrderPath).AsSpan().SequenceEqual(json)) return run;
                throw new InputException(run.Root, "already holds a run with another order; choose a new folder, or remove this one");
            }
            Directory.CreateDirectory(run.ControlPath);
            Directory.CreateDirectory(run.CheckpointsPath);
            AtomicFile.Write(run.RecipePath, Encoding.UTF8.GetBytes(Recipes.RecipeYaml.ToYaml(order.Recipe)));
            AtomicFile.Write(run.OrderPath, json, durable: true);
            return run;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(run.Root, $"cannot hold a run: {e.Message}");
        }
    }

    /// <summary>Makes this process the only one that trains here, until it disposes of the claim or dies. Taken already: <see cref="InputException"/>.</summary>
    public IDisposable Claim()
    {
        try
        {
            // The operating system forgets the lock with the process, however that ends.
            return new FileStream(In(".claim"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(In(".claim")))
        {
            throw new InputException(Root, "is being trained by another process; wait for it, or stop it");
        }
    }

    /// <summary>Takes back what the run said about steps after one: it goes on from there, and says nothing twice.</summary>
    /// <param name="step">Last step that stays.</param>
    public void TakeBackAfter(int step)
    {
        JsonLines.TruncateAfter(MetricsPath, step);
        // What was said before the run went back to a checkpoint belongs to a branch that it left, and stays.
        var left = Acknowledgement.ReadAll(AcknowledgementsPath).LastOrDefault(ack => ack is { Command: ControlVerb.LoadCheckpoint, Status: AcknowledgementStatus.Applied })?.After;
        JsonLines.TruncateAfter(IncidentsPath, step, (int)(left?.GetValueOrDefault("incidents") ?? 0));
        JsonLines.TruncateAfter(SamplesPath, step, (int)(left?.GetValueOrDefault("samples") ?? 0));
        Interventions.InterventionLog.TakeBackAfter(this, step);
    }

    private string In(string name) => System.IO.Path.Combine(Root, name);
}
