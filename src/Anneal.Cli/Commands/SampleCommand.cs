using System.CommandLine;
using System.Text.Json.Nodes;
using Anneal.Cli.Terminal;
using Anneal.Lab.Reports;
using Anneal.Lab.SingleRuns;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal sample (RUN | --checkpoint DIR) --prompt TEXT</c></summary>
internal static class SampleCommand
{
    private static readonly Argument<string?> Run = new("run") { Description = "The run's folder, or its id in the lab; its newest saved state writes.", HelpName = "RUN", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Checkpoint = new("--checkpoint") { Description = "A saved state instead of a run.", HelpName = "DIR" };
    private static readonly Option<string?> Tokenizer = new("--tokenizer") { Description = "The tokenizer.json of the model. Default: the run's.", HelpName = "FILE" };
    private static readonly Option<string> Prompt = new("--prompt") { Description = "Text to continue; empty starts a document.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private static readonly Option<int> Tokens = new("--tokens") { Description = "Most new tokens.", HelpName = "N", DefaultValueFactory = _ => 128 };
    private static readonly Option<double> Temperature = new("--temperature") { Description = "0 always takes the likeliest token.", HelpName = "X", DefaultValueFactory = _ => 0.8 };
    private static readonly Option<int> TopK = new("--top-k") { Description = "Only the so many likeliest tokens; 0 means all.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the draw; the same seed gives the same text.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Lab = CommonOptions.Lab();

    public static Command Create()
    {
        var command = new Verb("sample", "Lets a trained model write.",
            ("anneal sample runs/first --prompt \"Gets the number of\"", "Continues a text."),
            ("anneal sample runs/first --prompt \"\" --temperature 0.6 --seed 3", "Writes a document of its own."))
        { Run, Checkpoint, Tokenizer, Prompt, Tokens, Temperature, TopK, Seed, Lab };
        command.SetAction(WriteAsync);
        return command;
    }

    private static async Task<int> WriteAsync(ParseResult call, CancellationToken cancel)
    {
        var output = new Output(call);
        var model = ModelChoice.Of(call.GetValue(Run), call.GetValue(Checkpoint), call.GetRequiredValue(Lab));
        var prompt = call.GetRequiredValue(Prompt);
        var request = Sampling.Request(model, call.GetValue(Tokenizer), prompt, call.GetValue(Tokens), call.GetValue(Temperature), call.GetValue(TopK), call.GetValue(Seed));
        var text = await Sampling.AskAsync(request, cancel);
        if (output.Json)
            output.Document(new JsonObject { ["checkpoint"] = model.Checkpoint, ["prompt"] = prompt, ["text"] = text, ["seed"] = call.GetValue(Seed) });
        else
            Console.Out.WriteLine(PlainText.Clean(prompt + text, lines: true));
        return ExitCode.Done;
    }
}
