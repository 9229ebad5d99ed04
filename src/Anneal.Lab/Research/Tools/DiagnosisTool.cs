using System.Text;
using System.Text.Json;
using Anneal.Lab.Providers;

namespace Anneal.Lab.Research.Tools;

/// <summary><c>run_diagnosis</c>: a short run, to see before proposing.</summary>
internal static class DiagnosisTool
{
    public static Tool RunDiagnosis(ProposalTask task) => new(
        new ToolSpec("run_diagnosis", $"Trains the champion with a change for a fraction of a full run and shows value, curve and block statistics. At most {FlopBudget.DiagnosesPerProposal} before each proposal; an empty change looks at the champion itself, with the same seeds and data. It is never evidence, and its FLOPs are charged to the experiment that you propose next: use it where one look decides between two proposals, not to try your luck.", ToolSchema.Object(
            ("change", ToolSchema.Change("Recipe keys and new values against the champion; {} for the champion itself.")),
            ("fraction", ToolSchema.Number("Of a full run; at most the study's first rung.", 0.001, 1)),
            ("code?", ProposalTools.Code))),
        (input, cancel) => AnswerAsync(input, task, cancel));

    private static async Task<ToolAnswer> AnswerAsync(JsonElement input, ProposalTask task, CancellationToken cancel)
    {
        if (task.Question.DiagnoseAsync is not { } diagnose) return new ToolAnswer("This study's FLOP budget has no room for diagnoses: propose from what is recorded.", IsError: true);
        var change = input.Change();
        if (change.Keys.Select(key => (key, why: ChangeableKeys.WhyFixed(key))).FirstOrDefault(fixedKey => fixedKey.why is not null) is { key: { } name, why: { } reason })
            return new ToolAnswer($"`{name}` cannot be changed: {reason}.", IsError: true);
        var diagnosis = await diagnose(new DiagnosisOrder(change, input.Code(), input.Number("fraction")!.Value), cancel);
        if (diagnosis.Run is not { } run) return new ToolAnswer($"No diagnosis: {diagnosis.Refusal}.", IsError: true);
        var beside = task.Seen.Runs.LastOrDefault(other => other.Role == Ledger.RunRole.ScreenControl && other.Rung == run.Rung);
        var text = new StringBuilder(RunTools.Curve(run, beside));
        if (diagnosis.Blocks.Count > 0)
            text.Append(TextTable.Of(["block statistic at the end", "value"], diagnosis.Blocks.Take(60).Select(block => (IEnumerable<string?>)[block.Key, TextTable.Number(block.Value)])));
        return new ToolAnswer($"{Fence.Wrap("diagnosis", text.ToString())}\nNever evidence. Charged to the next experiment: {TextTable.Runs(run.Flops, task.Run)} full runs. Diagnoses left: {diagnosis.Left}.");
    }
}
