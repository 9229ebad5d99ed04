using System.Text.Json.Nodes;
using Anneal.Engine.Kernels;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.SingleRuns;

/// <summary>What a finished run came to.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Seed">Seed of the initialisation.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="TokensPerSecond">Over the whole run.</param>
/// <param name="FlopsPerSecond">Counted FLOPs of the model, over the whole run.</param>
/// <param name="Peak">What the threads could do at most, FLOP/s.</param>
/// <param name="Checkpoint">Folder of the last saved state.</param>
/// <param name="Result">Measured on the validation side.</param>
public sealed record TrainResult(RunDirectory Run, long Seed, int Steps, long Tokens, double TokensPerSecond, double FlopsPerSecond, double Peak, string Checkpoint, EvaluationResult Result)
{
    internal static TrainResult Of(RunDirectory run, Recipe recipe, int threads, string checkpoint, EvaluationResult result)
    {
        var status = RunStatus.Load(run.StatusPath)!;
        var seconds = MetricsReader.ReadAll(run.MetricsPath) is [.., var last] ? last.Time ?? 0 : 0;
        return new TrainResult(run, recipe.Seed, status.Step, status.Tokens, Rate(status.Tokens), Rate(status.Flops), threads * MachinePeak.FlopsPerSecond(), checkpoint, result);

        double Rate(double amount) => seconds > 0 ? amount / seconds : 0;
    }

    /// <summary>The document that other programs rely on.</summary>
    public JsonObject Document() => new()
    {
        ["run"] = Path.GetFileName(Run.Root),
        ["dir"] = Run.Root,
        ["seed"] = Seed,
        ["steps"] = Steps,
        ["tokens"] = Tokens,
        ["val"] = new JsonObject { ["loss"] = Result.Loss, ["bpb"] = Result.Bpb },
        ["tokens_per_second"] = TokensPerSecond,
        ["model_flops_per_second"] = FlopsPerSecond,
        ["peak_flops_per_second"] = Peak,
        ["checkpoint"] = Checkpoint,
    };
}
