using System.CommandLine;
using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Reports;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal study list</c></summary>
internal static class StudyListCommand
{
    public static Command Create()
    {
        var lab = CommonOptions.Lab();
        var command = new Verb("list", "Lists the studies of a lab, oldest first.",
            ("anneal study list", "Studies of the lab in .anneal."),
            ("anneal study list --lab /data/lab --json", "Of another lab, for a program."))
        { lab };
        command.SetAction(call => List(call, call.GetRequiredValue(lab)));
        return command;
    }

    private static int List(ParseResult call, string lab)
    {
        var output = new Output(call);
        using var ledger = LabStudies.Open(lab);
        var studies = ledger.ListStudies().Select(ledger.ReadStudy).ToList();
        if (output.Json)
        {
            output.Document(StudyListDocument.Of(lab, studies));
            return ExitCode.Done;
        }

        var table = Tables.Of(["study", "status", "#experiments", "#kept", "sealed effect", "#FLOPs", "#time"]);
        foreach (var study in studies)
            table.AddRow(Tables.Cell(study.Spec.Study), Tables.Cell(study.Status), Tables.Cell($"{study.Experiments.Count}"), Tables.Cell($"{study.Kept().Count()}"),
                Tables.Cell(study.Sealed is { } opened ? $"{Units.Effect(opened.Effect)} ({Units.Interval((opened.Low, opened.High))})" : "–"), Tables.Cell(Units.Flops(study.FlopsSpent)), Tables.Cell(Units.Duration(study.SecondsSpent)));
        output.Results.Write(table);
        return ExitCode.Done;
    }
}
