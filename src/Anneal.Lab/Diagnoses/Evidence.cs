using System.Text;
using System.Text.Json.Nodes;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Diagnoses;

/// <summary>What a model is shown of an incident: the run's recipe, its signals around the step, the detector's words. All of it is data.</summary>
internal static class Evidence
{
    private const long MostBytes = 32 << 20;
    private const int First = 4, Between = 12, Before = 20, After = 4, MostBlockSignals = 40;

    /// <summary>Rules of a diagnosis, the same for all.</summary>
    public const string Rules =
        """
        You sit beside the monitor of a language-model pre-training lab. Its detectors have seen an incident in a small training run and have acted already, by fixed rules. You give a second opinion, after the fact: where the cause lies, how sure you are, and at most one action from a closed list. A policy decides what becomes of it. Calibrated confidence is worth more than a bold answer.

        Loss is in nats per token. Norms are global L2; grad_norm is before clipping. The guard refuses a non-finite update, whatever happens else.

        """ + Fence.Rule;

    /// <summary>Blocks of the first turn.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="run">The run's folder; what is not in it is left out.</param>
    public static JsonArray Of(IncidentRecord incident, RunDirectory run)
    {
        var seen = Incident.ReadAll(run.IncidentsPath).FirstOrDefault(i => i.Step == incident.Step && i.Detector == incident.Detector);
        var recipe = File.Exists(run.RecipePath) ? File.ReadAllText(run.RecipePath) : "(not kept)";
        return
        [
            Block(Fence.Wrap("recipe of the run", recipe)),
            Block(Fence.Wrap($"signals until step {incident.Step}", Signals(MetricsReader.ReadLast(run.MetricsPath, MostBytes), incident.Step), 12_000)),
            Block(Fence.Wrap($"what detector {incident.Detector} says", Words(incident, seen))),
            Block($"The run was {(incident.Action == "stop" ? $"stopped at step {incident.Step}" : "not stopped")}. What caused this? Call diagnose."),
        ];
    }

    private static string Words(IncidentRecord incident, Incident? seen)
    {
        var text = new StringBuilder($"{incident.Message}\nseverity {incident.Severity}, action {incident.Action}, cause by its rule {incident.Cause}\n");
        foreach (var (name, value) in seen?.Evidence ?? new Dictionary<string, double>()) text.Append($"{name} = {value:G5}\n");
        return text.ToString();
    }

    // The beginning, a thin middle, and every step around the incident.
    private static string Signals(IReadOnlyList<StepMetrics> steps, int at)
    {
        var last = steps.Index().LastOrDefault(s => s.Item.Step <= at).Index;
        var from = Math.Max(0, last - Before);
        var chosen = Enumerable.Range(0, steps.Count).Where(i => i < First || (i >= from && i <= last + After) || (i < from && i % Math.Max(1, from / Between) == 0));
        var text = new StringBuilder("step loss lr grad_norm update_norm param_norm nonfinite clipped token_entropy repeat_fraction batch_hash\n");
        foreach (var i in chosen)
        {
            var s = steps[i];
            text.Append($"{s.Step} {s.Loss:G5} {Number(s.LearningRate)} {Number(s.GradNorm)} {Number(s.UpdateNorm)} {Number(s.ParamNorm)} {Flag(s.Nonfinite)} {Flag(s.Clipped)} {Number(s.TokenEntropy)} {Number(s.RepeatFraction)} {s.BatchHash ?? "-"}\n");
        }
        if (steps.Take(last + 1).LastOrDefault(s => s.Extra.Count > 0) is { } blocks)
        {
            text.Append($"by block, at step {blocks.Step}:\n");
            foreach (var (name, value) in blocks.Extra.Take(MostBlockSignals)) text.Append($"{name} = {value:G4}\n");
        }
        return text.ToString();
    }

    private static string Number(double? value) => value is { } number ? $"{number:G4}" : "-";

    private static string Flag(bool? value) => value is { } flag ? flag ? "1" : "0" : "-";

    private static JsonObject Block(string text) => new() { ["type"] = "text", ["text"] = text };
}
