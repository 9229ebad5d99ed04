using Anneal.Lab.Ledger;
using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Execution;

internal sealed partial class Executor
{
    /// <summary>
    /// Before anything is reused: children that an earlier sitting left behind are dead, or are ended now; and no bulky
    /// checkpoint lies about that its sitting did not come to drop.
    /// </summary>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InputException">A child cannot be ended.</exception>
    public async Task RecoverAsync(CancellationToken cancel)
    {
        await Orphans.EndAsync(ledger, cancel);
        var study = ledger.ReadStudy(spec.Study);
        var open = study.Experiments.Where(experiment => experiment.Verdict is null or Evidence.Verdict.Confirmed).Select(experiment => (int?)experiment.Id).ToHashSet();
        DropCheckpoints(study.Runs, keep: run => KeepsCheckpoint(run) && (run.Experiment is null || open.Contains(run.Experiment)));
    }

    /// <summary>Removes saved states of finished runs; metrics, recipe, order and evaluations stay.</summary>
    /// <param name="runs">Finished runs.</param>
    /// <param name="keep">Those whose states stay.</param>
    public void DropCheckpoints(IEnumerable<RunRecord> runs, Func<RunRecord, bool> keep)
    {
        foreach (var run in runs)
        {
            if (keep(run)) continue;
            var checkpoints = new RunDirectory(RunPath(run.Id)).CheckpointsPath;
            if (Directory.Exists(checkpoints)) Directory.Delete(checkpoints, recursive: true);
        }
    }

    // A model of the baseline and one of every champion remain, to be sampled and compared; a change is a champion until decided.
    private static bool KeepsCheckpoint(RunRecord run) => run is { Pair: 0, Rung: 1, Role: RunRole.Baseline or RunRole.Treatment };

    private string RunPath(string id) => Path.Combine(ledger.Directory, "runs", id);

    // A directory that holds another order belongs to a run that never finished; nothing in the ledger came of it.
    private RunDirectory Prepare(Job job, RunOrder order)
    {
        var path = RunPath(Id(job));
        try
        {
            return RunDirectory.Create(path, order);
        }
        catch (InputException) when (File.Exists(new RunDirectory(path).OrderPath))
        {
            Directory.Delete(path, recursive: true);
            return RunDirectory.Create(path, order);
        }
    }
}
