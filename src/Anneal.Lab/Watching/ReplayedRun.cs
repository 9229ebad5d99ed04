using System.Text.Json.Nodes;
using Anneal.Lab.Ledger;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Watching;

/// <summary>A finished run, watched again.</summary>
/// <param name="Run">As the ledger holds it.</param>
/// <param name="Rank">Among its peers by the objective, from 1; 0 for a run that failed.</param>
/// <param name="Peers">Runs of the same study, rung and split that did not fail.</param>
/// <param name="Steps">Steps on disk.</param>
/// <param name="Stop">The incident that would have stopped it; null for none.</param>
public sealed record ReplayedRun(RunRecord Run, int Rank, int Peers, int Steps, Incident? Stop)
{
    /// <summary>In the best quarter of its peers; of fewer than four, the best.</summary>
    public bool IsAmongBest => Rank > 0 && Rank <= Math.Max(1, Peers / 4);

    /// <summary>It failed, or ended in the worse half.</summary>
    public bool EndedBadly => Rank == 0 || 2 * Rank > Peers + 1;

    /// <summary>FLOPs of the steps after the stop; 0 where there is none.</summary>
    public double FlopsAfterStop => Stop is { } stop && Steps > 0 ? Run.Flops * Math.Max(0, Steps - stop.Step) / Steps : 0;

    /// <summary>Its entry in the document.</summary>
    public JsonObject Document() => new()
    {
        ["run"] = Run.Id,
        ["study"] = Run.Study,
        ["rung"] = Run.Rung,
        ["status"] = Run.Status,
        ["rank"] = Rank == 0 ? null : Rank,
        ["peers"] = Peers,
        ["among_best"] = IsAmongBest,
        ["steps"] = Steps,
        ["flops_after_stop"] = FlopsAfterStop,
        ["incident"] = Stop is { } stop ? JsonNode.Parse(stop.ToJsonLine()) : null,
    };
}
