using System.CommandLine;
using Anneal.Cli.Terminal;
using Anneal.Server.Mcp;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal mcp</c></summary>
internal static class McpCommand
{
    private static readonly Option<string> Root = new("--root") { Description = "Files of callers must lie in this folder or in the lab.", HelpName = "DIR", DefaultValueFactory = _ => "." };
    private static readonly Option<double?> Flops = Budget("--budget-flops", "Counted training FLOPs that callers may spend without being asked.");
    private static readonly Option<double?> Usd = Budget("--budget-usd", "Dollars for language models that callers may spend without being asked.");
    private static readonly Option<double?> Seconds = Budget("--budget-seconds", "Seconds of work that callers may spend without being asked.");

    public static Command Create()
    {
        var lab = CommonOptions.Lab();
        var command = new Verb("mcp", "Serves the lab over the Model Context Protocol on standard input and output, for Claude Code or any other client.",
            ("claude mcp add anneal -- dotnet anneal.dll mcp", "Gives the lab to Claude Code; what costs something is asked of you."),
            ("anneal mcp --budget-flops 1e14 --budget-usd 5", "Up to that, nobody is asked."),
            ("anneal mcp --lab /data/lab --root /data", "Another lab; callers may name files under /data."))
        { lab, Root, Flops, Usd, Seconds };
        command.SetAction((call, cancel) => ServeAsync(call, call.GetRequiredValue(lab), cancel));
        return command;
    }

    private static async Task<int> ServeAsync(ParseResult call, string lab, CancellationToken cancel)
    {
        var (input, output) = (Console.OpenStandardInput(), Console.OpenStandardOutput());
        // Standard output is the protocol's alone, whatever else thinks of printing.
        Console.SetOut(Console.Error);
        var options = new McpOptions { Lab = lab, Root = call.GetRequiredValue(Root), Flops = call.GetValue(Flops), Usd = call.GetValue(Usd), Seconds = call.GetValue(Seconds) };
        var words = new Output(call);
        words.Say($"Serving lab {Path.GetFullPath(lab)} over standard input and output; Ctrl+C or the end of input ends it.");
        await LabServer.ServeAsync(options, input, output, words.Say, cancel);
        return cancel.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static Option<double?> Budget(string name, string description)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(double.TryParse(token.Value, out var amount) && amount > 0 && double.IsFinite(amount)))
                result.AddError($"{name} is `{token.Value}`: expected a number above 0, for example 1e14");
        });
        return option;
    }
}
