using System.CommandLine;
using Anneal.Cli.Terminal;
using Anneal.Lab.Execution;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var lab = CommonOptions.Lab();
        var command = new Verb("doctor", "Looks at this machine: runtime, cores, instruction set, measured peak, memory, disk, keys of researchers, sandbox, programs, corpus, worker.",
            ("anneal doctor", "A line for each check; exit code 1 if a study could not run here."),
            ("anneal doctor --json", "The same for a program."))
        { lab };
        command.SetAction(call => Examine(call, call.GetRequiredValue(lab)));
        return command;
    }

    private static int Examine(ParseResult call, string lab)
    {
        var output = new Output(call);
        output.Say("Measuring ...");
        var checks = Checkup.All(lab).ToList();
        var well = checks.All(check => check.Well);
        if (output.Json)
        {
            output.Document(Checkup.Document(checks));
            return well ? ExitCode.Done : ExitCode.Failed;
        }

        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumns(new TableColumn("") { NoWrap = true }, new TableColumn("") { NoWrap = true }, new TableColumn(""));
        foreach (var check in checks)
            table.AddRow(new Text(check.Well ? "ok" : "!!", new Style(check.Well ? Color.Green : Color.Red)), new Text(check.Name), Tables.Cell(check.Hint is { } hint ? $"{check.Value}; {hint}" : check.Value));
        output.Results.Write(table);
        output.Results.WriteLine(well ? "A study can run here." : "A study cannot run here yet: see the lines marked !!.");
        return well ? ExitCode.Done : ExitCode.Failed;
    }
}
