using System.Text.Json.Nodes;
using Anneal.Lab.Subjects;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Lab.Watching;

/// <summary>
/// Would a policy have killed any run of a lab that ended among the best? Every finished run is watched again, with the
/// reference that it had; a run is held against its peers, of one study, rung and split.
/// </summary>
/// <param name="Lab">The lab's folder.</param>
/// <param name="Policy">What would have followed from an incident; null: what the run's order said.</param>
/// <param name="Runs">Runs that were watched again.</param>
/// <param name="Missing">Finished runs whose metrics are not on disk.</param>
public sealed record PolicyReplay(string Lab, MonitorPolicy? Policy, IReadOnlyList<ReplayedRun> Runs, int Missing)
{
    /// <summary>Runs that would have been stopped, before they were or though they never were.</summary>
    public IEnumerable<ReplayedRun> Stops => Runs.Where(run => run.Stop is not null);

    /// <summary>Those of them that ended in the best quarter of their peers: each is a harm.</summary>
    public IEnumerable<ReplayedRun> Killed => Stops.Where(run => run.IsAmongBest);

    /// <summary>FLOPs of runs that failed or ended in the worse half, after the step at which they would have been stopped.</summary>
    public double FlopsSaved => Stops.Where(run => run.EndedBadly).Sum(run => run.FlopsAfterStop);

    /// <summary>FLOPs of all runs that failed or ended in the worse half.</summary>
    public double FlopsOfBadRuns => Runs.Where(run => run.EndedBadly).Sum(run => run.Run.Flops);

    /// <summary>Watches all finished runs of a lab again.</summary>
    /// <param name="lab">Its folder.</param>
    /// <param name="policy">What follows from an incident; null takes each run's own.</param>
    /// <param name="told">Told what is being read.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="Anneal.Runs.InputException">There is no such lab.</exception>
    public static PolicyReplay Of(string lab, MonitorPolicy? policy, IProgress<string>? told = null, CancellationToken cancel = default)
    {
        using var ledger = LabStudies.Open(lab);
        var (replayed, missing) = (new List<ReplayedRun>(), 0);
        foreach (var study in ledger.ListStudies().Select(ledger.ReadStudy))
        {
            told?.Report($"Watching {study.Runs.Count} runs of {study.Spec.Study} again");
            var falls = study.Spec.Subject is not { Goal: not SubjectGoal.Minimise };
            foreach (var peers in study.Runs.GroupBy(run => (run.Rung, run.Split)))
            {
                var ranked = peers.Where(run => run.Value is not null).OrderBy(run => falls ? run.Value : -run.Value).ToList();
                foreach (var run in peers)
                {
                    cancel.ThrowIfCancellationRequested();
                    var folder = new RunDirectory(Path.Combine(ledger.Directory, "runs", run.Id));
                    if (Watch(folder, policy) is { } watched) replayed.Add(new(run, ranked.IndexOf(run) + 1, ranked.Count, watched.Steps, watched.Stop));
                    else missing++;
                }
            }
        }
        return new(ledger.Directory, policy, replayed, missing);
    }

    /// <summary>The document that other programs rely on.</summary>
    public JsonObject Document() => new()
    {
        ["lab"] = Lab,
        ["policy"] = Policy?.ToString().ToLowerInvariant() ?? "of each run",
        ["runs"] = Runs.Count,
        ["missing"] = Missing,
        ["stops"] = Stops.Count(),
        ["stops_among_best"] = Killed.Count(),
        ["earliest_stop"] = Stops.Select(run => (int?)run.Stop!.Step).Min(),
        ["flops_saved"] = FlopsSaved,
        ["flops_of_bad_runs"] = FlopsOfBadRuns,
        ["stopped"] = new JsonArray([.. Stops.Select(run => (JsonNode)run.Document())]),
    };

    private static (int Steps, Incident? Stop)? Watch(RunDirectory folder, MonitorPolicy? policy)
    {
        if (!File.Exists(folder.MetricsPath)) return null;
        // A subject's run has no order: its command knew what to do.
        var order = File.Exists(folder.OrderPath) ? RunOrder.Load(folder.OrderPath) : null;
        var monitor = new Monitor(new() { Steps = order?.Steps ?? 0, Policy = policy ?? order?.Policy ?? MonitorPolicy.Stop, Reference = order?.Reference ?? [] });
        var steps = MetricsReader.ReadAll(folder.MetricsPath);
        foreach (var step in steps)
            if (monitor.Observe(step).FirstOrDefault(incident => incident.Action == IncidentAction.Stop) is { } stop) return (steps.Count, stop);
        return steps.Count == 0 ? null : (steps.Count, null);
    }
}
