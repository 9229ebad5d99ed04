using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.SingleRuns;

/// <summary>A run that lies on disk, found by its folder or by its id in a lab.</summary>
/// <param name="Directory">Its folder.</param>
/// <param name="Order">What it was told to do.</param>
public sealed record TrainedRun(RunDirectory Directory, RunOrder Order)
{
    /// <summary>Name of its folder.</summary>
    public string Name => Path.GetFileName(Directory.Root);

    /// <summary>Folder of its newest saved state.</summary>
    /// <exception cref="InputException">It has none.</exception>
    public string Checkpoint => new Checkpoints(Directory.CheckpointsPath).Newest()
        ?? throw new InputException(Directory.CheckpointsPath, "holds no saved state: the run has not got that far, or its states were dropped.");

    /// <exception cref="InputException">No such run; the message names the nearest in the lab.</exception>
    public static TrainedRun Find(string run, string lab)
    {
        var inLab = Path.Combine(lab, "runs");
        foreach (var folder in (string[])[run, Path.Combine(inLab, run)])
            if (new RunDirectory(folder) is var found && File.Exists(found.OrderPath))
                return new TrainedRun(found, RunOrder.Load(found.OrderPath));
        var known = System.IO.Directory.Exists(inLab) ? System.IO.Directory.GetDirectories(inLab).Select(path => Path.GetFileName(path)).Order().ToList() : [];
        var hint = NearestWord.Find(run, known) is { } near ? $"did you mean `{near}`?" : $"expected the folder of a run, or the id of one of the {known.Count} in {inLab}";
        throw new InputException(run, $"is no run: it has no order.json; {hint}");
    }

    /// <summary>The run that a saved state belongs to, or null where it lies elsewhere.</summary>
    public static TrainedRun? Around(string checkpoint)
    {
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint))));
        return folder is not null && new RunDirectory(folder) is var run && File.Exists(run.OrderPath) ? new TrainedRun(run, RunOrder.Load(run.OrderPath)) : null;
    }
}
