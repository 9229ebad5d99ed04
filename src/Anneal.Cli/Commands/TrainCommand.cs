using System.CommandLine;
using System.Text.Json.Nodes;
using Anneal.Cli.Runs;
using Anneal.Cli.Terminal;
using Anneal.Engine.Kernels;
using Anneal.Lab.Execution;
using Anneal.Lab.Reports;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal train RECIPE.yaml --out DIR</c></summary>
internal static class TrainCommand
{
    private static readonly Argument<string> File = new("recipe") { Description = "The recipe's YAML file.", HelpName = "RECIPE.yaml" };
    private static readonly Option<string> Out = new("--out") { Description = "The run's folder. A run already there goes on if it is the same.", HelpName = "DIR", Required = true };
    private static readonly Option<long?> Seed = new("--seed") { Description = "Seed of the initialisation, and of the data order unless the recipe sets it.", HelpName = "N" };
    private static readonly Option<string?> From = new("--corpus") { Description = "dotnet-docs, man-pages, a prepared corpus, or a path to text. Default: the recipe's.", HelpName = "PATH" };
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads; the result does not depend on them.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
    private static readonly Option<string[]> Set = CommonOptions.Set();
    private static readonly Option<string> Lab = CommonOptions.Lab();

    public static Command Create()
    {
        var command = new Verb("train", "Trains one recipe in a worker process of its own and evaluates it on held-out text.",
            ("anneal train samples/first-study/baseline.yaml --out runs/first", "Trains the sample's baseline."),
            ("anneal train baseline.yaml --out runs/rope --set model.position.kind=rope --seed 2", "The same recipe with one key changed and another seed."),
            ("anneal train baseline.yaml --out runs/first", "After Ctrl+C or a crash: the same call goes on from the newest saved state."))
        { File, Out, Seed, Set, From, Threads, Lab };
        command.SetAction(TrainAsync);
        return command;
    }

    private static async Task<int> TrainAsync(ParseResult call, CancellationToken cancel)
    {
        var output = new Output(call);
        var path = call.GetRequiredValue(File);
        output.Say($"Reading {path}");
        var recipe = Resolve(path, call);
        var tokens = await CorpusChoice.TokenizeAsync(recipe.Data.Corpus, recipe.Tokenizer, call.GetRequiredValue(Lab), new Lines(output), cancel);
        var run = RunDirectory.Create(call.GetRequiredValue(Out), new RunOrder
        {
            Recipe = recipe,
            TrainDirectory = tokens.TrainDirectory,
            Vocab = tokens.Vocab,
            Threads = call.GetValue(Threads),
            Lease = true,
            CheckpointEvery = 200,
        });
        output.Say($"Training in {run.Root}");
        try
        {
            await Training.RunAsync(run, output, cancel);
        }
        catch (OperationCanceledException)
        {
            output.Say("Interrupted; the state is saved. The same call goes on.");
            throw;
        }

        output.Say("Evaluating.");
        await using var evaluator = new EvaluatorProcess(new ExecutorOptions());
        var checkpoint = new TrainedRun(run, RunOrder.Load(run.OrderPath)).Checkpoint;
        var result = await evaluator.EvaluateAsync(checkpoint, tokens.HeldDirectory, "val", Ruler.For(recipe), cancel);
        var summary = Summary.Of(run, recipe, call.GetValue(Threads), checkpoint, result);
        if (output.Json)
            output.Document(summary.Document());
        else
            summary.Print(output.Results);
        return ExitCode.Done;
    }

    private static Recipe Resolve(string path, ParseResult call)
    {
        var overrides = new List<string>(call.GetRequiredValue(Set));
        if (call.GetValue(Seed) is { } seed)
            overrides.Add($"seed={seed}");
        if (call.GetValue(From) is { } corpus)
            overrides.Add($"data.corpus={(corpus is "dotnet-docs" or "man-pages" ? corpus : Path.GetFullPath(corpus))}");
        var recipe = RecipeFile.Load(path, overrides);
        // A path in a recipe is seen from the recipe's file.
        return recipe.Data.Corpus is "dotnet-docs" or "man-pages" ? recipe
            : recipe with { Data = recipe.Data with { Corpus = Path.GetFullPath(recipe.Data.Corpus, Path.GetDirectoryName(Path.GetFullPath(path))!) } };
    }

    /// <summary>What a finished run came to.</summary>
    private sealed record Summary(RunDirectory Run, long Seed, int Steps, long Tokens, double TokensPerSecond, double FlopsPerSecond, double Peak, string Checkpoint, EvaluationResult Result)
    {
        public static Summary Of(RunDirectory run, Recipe recipe, int threads, string checkpoint, EvaluationResult result)
        {
            var status = RunStatus.Load(run.StatusPath)!;
            var seconds = MetricsReader.ReadAll(run.MetricsPath) is [.., var last] ? last.Time ?? 0 : 0;
            return new Summary(run, recipe.Seed, status.Step, status.Tokens, Rate(status.Tokens), Rate(status.Flops), threads * MachinePeak.FlopsPerSecond(), checkpoint, result);

            double Rate(double amount) => seconds > 0 ? amount / seconds : 0;
        }

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

        public void Print(IAnsiConsole console)
        {
            console.WriteLine($"{Result.Bpb:0.0000} bits per byte on held-out text ({Result.Loss:0.0000} nats per token) after {Units.Plural(Steps, "step")} and {Units.Count(Tokens, "tokens")}.");
            console.WriteLine($"{Units.Count(TokensPerSecond, "tokens/s")}, {Units.FlopsPerSecond(FlopsPerSecond)} of {Units.FlopsPerSecond(Peak)} ({Units.Percent(FlopsPerSecond / Peak)}).");
            console.WriteLine($"Saved in {PlainText.Clean(Checkpoint)}");
        }
    }
}
