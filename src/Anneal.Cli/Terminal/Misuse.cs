using System.CommandLine;
using System.CommandLine.Parsing;
using Anneal.Lab.Reports;
using Anneal.Runs;

namespace Anneal.Cli.Terminal;

/// <summary>A call that cannot be understood: what is wrong with it, and the nearest right word. Nothing is run on a guess.</summary>
internal sealed class Misuse
{
    private readonly ParseResult _call;
    private readonly string? _unknown;

    private Misuse(ParseResult call, string? unknown) => (_call, _unknown) = (call, unknown);

    /// <summary>The call's misuse, or null when it can be run.</summary>
    public static Misuse? Of(ParseResult call)
    {
        if (call.Action is HelpPage)
            return null;
        // A mistyped option would otherwise pass for one more argument; what stands after `--` is somebody else's.
        var foreign = call.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet(StringComparer.Ordinal);
        var unknown = call.UnmatchedTokens.Concat(call.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens)
            .Select(token => token.Value).Where(word => word.StartsWith("--", StringComparison.Ordinal) && !foreign.Contains(word))).FirstOrDefault();
        return call.Errors.Count > 0 || unknown is not null ? new Misuse(call, unknown) : null;
    }

    /// <summary>Says it on standard error.</summary>
    /// <returns>The exit code for a wrong call.</returns>
    public int Explain()
    {
        var command = _call.CommandResult.Command;
        var path = Call.PathOf(_call.CommandResult);
        if (_unknown is { } word)
            Console.Error.WriteLine($"error: {path}: unknown {(word.StartsWith('-') ? "option" : "word")} `{PlainText.Clean(word)}`; {Hint(command, word)}");
        else if (command.Subcommands.Count > 0)
            Console.Error.WriteLine($"error: {path} needs a command: {string.Join(", ", Words(command))}");
        else
            foreach (var error in _call.Errors.Select(error => PlainText.Clean(error.Message)).Distinct())
                Console.Error.WriteLine($"error: {path}: {error}");
        Console.Error.WriteLine($"       see `{path} --help`");
        return ExitCode.Wrong;
    }

    private static IEnumerable<string> Words(Command command) => command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);

    private static string Hint(Command command, string word)
    {
        var options = command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive)).Select(option => option.Name);
        return command.Subcommands.Count == 0 && !word.StartsWith('-') ? "no more arguments are expected" : NearestWord.Hint(word, [.. word.StartsWith('-') ? options : Words(command)]);
    }
}
