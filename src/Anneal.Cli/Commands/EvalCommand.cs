using System.CommandLine;
using Anneal.Cli.Terminal;
using Anneal.Lab.Reports;
using Anneal.Lab.SingleRuns;
using Anneal.Runs.Evaluation;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal eval (RUN | --checkpoint DIR) --corpus DIR</c></summary>
internal static class EvalCommand
{
    private const int Hardest = 12;

    private static readonly Argument<string?> Run = new("run") { Description = "The run's folder, or its id in the lab; its newest saved state is measured.", HelpName = "RUN", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Checkpoint = new("--checkpoint") { Description = "A saved state instead of a run.", HelpName = "DIR" };
    private static readonly Option<string?> From = new("--corpus") { Description = "A prepared corpus, dotnet-docs, man-pages, or a path to text. Default: the run's own.", HelpName = "DIR" };
    private static readonly Option<int> Documents = new("--documents") { Description = "Held-out documents to score.", HelpName = "N", DefaultValueFactory = _ => new EvaluationSpec().Documents };
    private static readonly Option<string> Lab = CommonOptions.Lab();

    public static Command Create()
    {
        var command = new Verb("eval", "Measures a trained model on the validation side of a corpus, in bits per byte. The sealed test side is opened by studies only.",
            ("anneal eval runs/first", "The run's newest state on its own corpus."),
            ("anneal eval --checkpoint runs/first/checkpoints/step-000100 --corpus corpora/docs", "One saved state on a prepared corpus."))
        { Run, Checkpoint, From, Documents, Lab };
        command.SetAction(EvaluateAsync);
        return command;
    }

    private static async Task<int> EvaluateAsync(ParseResult call, CancellationToken cancel)
    {
        var output = new Output(call);
        var job = new EvalJob
        {
            Model = ModelChoice.Of(call.GetValue(Run), call.GetValue(Checkpoint), call.GetRequiredValue(Lab)),
            Lab = call.GetRequiredValue(Lab),
            Corpus = call.GetValue(From),
            Documents = call.GetValue(Documents),
        };
        var result = await job.RunAsync(new Lines(output), cancel);
        if (output.Json)
            output.Document(job.Document(result));
        else
            Print(output.Results, result);
        return ExitCode.Done;
    }

    private static void Print(IAnsiConsole console, EvaluationResult result)
    {
        console.WriteLine($"{result.Bpb:0.0000} bits per byte, {result.Loss:0.0000} nats per token ({result.Tokens:N0} tokens of {Units.Plural(result.DocumentBpb.Count, "document")}).");
        if (result.ByDomain.Count < 2)
            return;
        var table = Tables.Of(["domain", "#bits per byte", "#documents"]);
        foreach (var (name, domain) in result.ByDomain.OrderByDescending(entry => entry.Value.Bpb).Take(Hardest))
            table.AddRow(Tables.Cell(name), Tables.Cell(Units.Value(domain.Bpb)), Tables.Cell($"{domain.Documents}"));
        console.Write(table);
        if (result.ByDomain.Count > Hardest)
            console.WriteLine($"The {Hardest} hardest of {result.ByDomain.Count} domains; --json has them all.");
    }
}
