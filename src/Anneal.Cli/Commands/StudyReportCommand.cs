using System.CommandLine;
using System.Text.Json.Nodes;
using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Reports;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal study report STUDY [--out DIR]</c></summary>
internal static class StudyReportCommand
{
    private static readonly Option<string?> Out = new("--out") { Description = "Where report.html, report.md and report.json shall lie. Default: the lab's studies/STUDY.", HelpName = "DIR" };

    public static Command Create()
    {
        var (name, lab) = (StudyCommand.Study(), CommonOptions.Lab());
        var command = new Verb("report", "Writes a study's report from the ledger, finished or not, and sums it up.",
            ("anneal study report first-study", "Rebuilds report.html, report.md and report.json in the lab."),
            ("anneal study report first-study --out pages", "Writes them to another folder."),
            ("anneal study report first-study --json", "Prints the facts for a program."))
        { name, lab, Out };
        command.SetAction(call => Write(call, call.GetRequiredValue(name), call.GetRequiredValue(lab)));
        return command;
    }

    private static int Write(ParseResult call, string name, string lab)
    {
        var output = new Output(call);
        var study = LabStudies.Read(lab, name);
        var report = StudyReport.Write(study, Path.GetFullPath(lab), call.GetValue(Out));
        if (output.Json)
            output.Document(JsonNode.Parse(JsonReport.Render(study, Path.GetFullPath(lab), report))!);
        else
            StudySummary.Print(output.Results, study, report);
        return ExitCode.Done;
    }
}
