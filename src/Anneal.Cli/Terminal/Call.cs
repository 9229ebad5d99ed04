using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Anneal.Cli.Commands;
using Anneal.Data;
using Anneal.Lab.Execution;
using Anneal.Lab.Reports;
using Anneal.Runs;

namespace Anneal.Cli.Terminal;

/// <summary>One call of the program: runs its command and turns whatever is thrown into words and an exit code, once.</summary>
internal static class Call
{
    public static async Task<int> InvokeAsync(ParseResult call)
    {
        using var interrupt = new Interrupt();
        try
        {
            return await call.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupt.Token);
        }
        catch (Exception failure)
        {
            return Explain(call, failure, interrupt.Token);
        }
    }

    /// <summary>The words that lead to a command: <c>anneal study run</c>.</summary>
    public static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;

    private static int Explain(ParseResult call, Exception failure, CancellationToken interrupted)
    {
        var (code, kind, message) = failure switch
        {
            InputException or CorpusException => (ExitCode.Wrong, "input", failure.Message),
            OperationCanceledException when interrupted.IsCancellationRequested => (ExitCode.Interrupted, "interrupted", "interrupted"),
            JobFailedException or EvaluationException => (ExitCode.Failed, "failed", failure.Message),
            IOException or UnauthorizedAccessException => (ExitCode.Failed, "io", failure.Message),
            _ => (ExitCode.Failed, "unexpected", $"{failure.GetType().Name}: {failure.Message}"),
        };
        // An interruption was acknowledged when it came.
        foreach (var line in code == ExitCode.Interrupted ? [] : message.Split(Environment.NewLine))
            Console.Error.WriteLine($"error: {PlainText.Clean(line)}");
        if (kind == "unexpected")
            Console.Error.WriteLine(call.GetValue(CommonOptions.Verbose)
                ? PlainText.Clean(failure.ToString(), lines: true)
                : "       This is a fault in Anneal. Run again with --verbose to see where, and open an issue in Anneal's repository with that text.");
        if (call.GetValue(CommonOptions.Json))
            new Output(call).Document(new JsonObject { ["error"] = new JsonObject { ["code"] = kind, ["message"] = PlainText.Clean(message, lines: true) } });
        return code;
    }
}
