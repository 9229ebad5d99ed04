using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Anneal.Cli.Terminal;

/// <summary>Help in the order of a reader's questions: what is it, show me, how is it called, what are the details.</summary>
internal sealed class HelpPage(IReadOnlyList<(string Line, string Does)> rootExamples) : SynchronousCommandLineAction
{
    private const int Width = 100;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, Call.PathOf(parseResult.CommandResult), parseResult.InvocationConfiguration.Output);
        return ExitCode.Done;
    }

    private void Write(Command command, string path, TextWriter page)
    {
        Paragraph(page, "", command.Description ?? "");
        var examples = command is Verb verb ? verb.Examples : command is RootCommand ? rootExamples : [];
        if (examples.Count > 0)
            page.WriteLine("\nExamples:");
        foreach (var (line, does) in examples)
        {
            page.WriteLine($"  {line}");
            Paragraph(page, "      ", does);
        }

        var own = command.Options.Where(option => !option.Hidden).Concat(Inherited(command)).ToList();
        var arguments = command.Arguments.Where(argument => !argument.Hidden).ToList();
        var words = string.Concat(arguments.Select(argument => $" {Shape(argument)}"))
            + string.Concat(command.Options.Where(option => option.Required).Select(option => $" {option.Name} {option.HelpName}"))
            + (command.Subcommands.Count > 0 ? " COMMAND" : "");
        page.WriteLine($"\nUsage:\n  {path}{words} [options]");
        Columns(page, "Arguments", arguments.Select(argument => (Shape(argument), argument.Description ?? "")));
        Columns(page, "Commands", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (sub.Name, sub.Description ?? "")));
        Columns(page, "Options", own.OrderBy(option => option.Recursive).Select(option => (Label(option), Describe(option))));
    }

    private static IEnumerable<Option> Inherited(Command command)
    {
        for (var parent = command.Parents.OfType<Command>().FirstOrDefault(); parent is not null; parent = parent.Parents.OfType<Command>().FirstOrDefault())
            foreach (var option in parent.Options.Where(option => option.Recursive && !option.Hidden))
                yield return option;
    }

    private static string Shape(Argument argument)
    {
        var name = argument.HelpName ?? argument.Name.ToUpperInvariant();
        return argument.Arity switch
        {
            { MaximumNumberOfValues: > 1, MinimumNumberOfValues: 0 } => $"[{name}...]",
            { MaximumNumberOfValues: > 2 } => $"{name}...",
            { MaximumNumberOfValues: 2 } => $"{name} {name}",
            { MinimumNumberOfValues: 0 } => $"[{name}]",
            _ => name,
        };
    }

    private static string Label(Option option) => option is HelpOption ? "--help, -h" : option.HelpName is { } value ? $"{option.Name} {value}" : option.Name;

    private static string Describe(Option option)
    {
        if (option is HelpOption)
            return "Show this page.";
        var text = option.Description ?? "";
        var standard = option.HasDefaultValue && option.ValueType != typeof(bool) ? option.GetDefaultValue() : null;
        var shown = standard is null or Array ? "" : $" Default: {standard}.";
        return $"{text}{shown}{(option.Required ? " Required." : "")}";
    }

    private static void Columns(TextWriter page, string title, IEnumerable<(string Label, string Text)> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0)
            return;
        page.WriteLine($"\n{title}:");
        var column = Math.Min(30, list.Max(row => row.Label.Length)) + 4;
        foreach (var (label, text) in list)
        {
            page.Write($"  {label}".PadRight(column));
            if (label.Length + 2 >= column)
                page.Write("\n" + new string(' ', column));
            Paragraph(page, new string(' ', column), text, started: true);
        }
    }

    /// <summary>Words wrapped at the page's width; where the line is started already, the first one begins in place.</summary>
    private static void Paragraph(TextWriter page, string indent, string text, bool started = false)
    {
        var line = started ? "" : indent;
        var room = Width - (started ? indent.Length : 0);
        foreach (var word in text.Split(' '))
        {
            if (line.Trim().Length > 0 && line.Length + word.Length + 1 > room)
            {
                page.WriteLine(line);
                (line, room) = (indent, Width);
            }

            line += line.Trim().Length == 0 ? word : $" {word}";
        }

        page.WriteLine(line);
    }
}
