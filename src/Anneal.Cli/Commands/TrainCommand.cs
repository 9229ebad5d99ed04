using System.CommandLine;
using Anneal.Cli.Live;
using Anneal.Cli.Terminal;
using Anneal.Lab.Reports;
using Anneal.Lab.SingleRuns;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;
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
    private static readonly Option<MonitorPolicy> Policy = new("--policy") { Description = "What follows from an incident: observe writes it down, stop ends the run, act repairs within bounds and stops what is doomed.", HelpName = "observe|stop|act", DefaultValueFactory = _ => MonitorPolicy.Act };
    private static readonly Option<string[]> Set = CommonOptions.Set();
    private static readonly Option<string> Lab = CommonOptions.Lab();

    private static readonly RunViews Views = new();
    private static readonly DiagnoseOptions Diagnose = new();

    public static Command Create()
    {
        var command = Diagnose.On(Views.On(new Verb("train", "Trains one recipe in a worker process of its own and evaluates it on held-out text.",
            ("anneal train samples/first-study/baseline.yaml --out runs/first", "Trains the sample's baseline."),
            ("anneal train baseline.yaml --out runs/rope --set model.position.kind=rope --seed 2", "The same recipe with one key changed and another seed."),
            ("anneal train baseline.yaml --out runs/first", "After Ctrl+C or a crash: the same call goes on from the newest saved state."))
        { File, Out, Seed, Set, From, Policy, Threads, Lab }));
        command.SetAction(TrainAsync);
        return command;
    }

    private static async Task<int> TrainAsync(ParseResult call, CancellationToken cancel)
    {
        var output = new Output(call);
        output.Say($"Reading {call.GetRequiredValue(File)}");
        var job = new TrainJob
        {
            Recipe = call.GetRequiredValue(File),
            Out = call.GetRequiredValue(Out),
            Lab = call.GetRequiredValue(Lab),
            Set = call.GetRequiredValue(Set),
            Seed = call.GetValue(Seed),
            Corpus = call.GetValue(From),
            Policy = call.GetValue(Policy),
            Threads = call.GetValue(Threads),
            Diagnose = Diagnose.Of(call),
        };
        TrainResult result;
        try
        {
            using var view = Views.OpenPage(call, output, Path.GetFileName(Path.TrimEndingDirectorySeparator(job.Out)), $"Ctrl+C saves and stops; the same call goes on. Kept in {job.Out}");
            using var line = view is null ? new StatusLine(output) : null;
            result = await job.RunAsync(view is null ? new Lines(output) : new Notices(view), line, cancel, view);
        }
        catch (OperationCanceledException)
        {
            output.Say("Interrupted; the state is saved. The same call goes on.");
            throw;
        }

        if (output.Json)
            output.Document(result.Document());
        else
            Print(output.Results, result);
        return ExitCode.Done;
    }

    // Words about what is being done, on the page instead of beneath it.
    private sealed class Notices(IRunView view) : IProgress<string>
    {
        public void Report(string value) => view.Report(new WatchNotice(value));
    }

    private static void Print(IAnsiConsole console, TrainResult result)
    {
        console.WriteLine($"{result.Result.Bpb:0.0000} bits per byte on held-out text ({result.Result.Loss:0.0000} nats per token) after {Units.Plural(result.Steps, "step")} and {Units.Count(result.Tokens, "tokens")}.");
        console.WriteLine($"{Units.Count(result.TokensPerSecond, "tokens/s")}, {Units.FlopsPerSecond(result.FlopsPerSecond)} of {Units.FlopsPerSecond(result.Peak)} ({Units.Percent(result.FlopsPerSecond / result.Peak)}).");
        console.WriteLine($"Saved in {PlainText.Clean(result.Checkpoint)}");
    }
}
