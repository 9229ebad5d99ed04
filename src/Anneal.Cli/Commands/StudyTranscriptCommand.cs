using System.CommandLine;
using System.Text.Json.Nodes;
using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Providers;
using Anneal.Lab.Reports;
using Anneal.Runs;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal study transcript STUDY [--out FILE]</c></summary>
internal static class StudyTranscriptCommand
{
    private static readonly Option<string?> Out = new("--out") { Description = "The file. Default: transcript.jsonl in the lab's studies/STUDY.", HelpName = "FILE" };

    public static Command Create()
    {
        var (name, lab) = (StudyCommand.Study(), CommonOptions.Lab());
        var command = new Verb("transcript", "Writes down what was said to and by a study's language model, to read, share and replay. It holds no key.",
            ("anneal study transcript mine", "Into .anneal/studies/mine/transcript.jsonl."),
            ("anneal study transcript mine --out mine.jsonl", "Into a file to share; `anneal study run mine.yaml --replay mine.jsonl` repeats the study from it."))
        { name, lab, Out };
        command.SetAction(call => Write(call, LabStudies.NameOf(call.GetRequiredValue(name)), call.GetRequiredValue(lab)));
        return command;
    }

    private static int Write(ParseResult call, string name, string lab)
    {
        var output = new Output(call);
        var file = Path.GetFullPath(call.GetValue(Out) ?? Path.Combine(Study.ReportDirectory(name, lab), Transcript.FileName));
        using var ledger = LabStudies.Open(lab);
        ledger.ReadStudy(name);
        var calls = Transcript.Export(ledger, name, file);
        if (calls == 0)
            throw new InputException(name, "asked no language model, so there is nothing to write down");
        var header = Transcript.ReadHeader(file);
        if (output.Json)
            output.Document(new JsonObject { ["study"] = name, ["transcript"] = file, ["calls"] = calls, ["provider"] = header.Provider, ["model"] = header.Model, ["label"] = header.Label });
        else
            output.Results.WriteLine(PlainText.Clean($"{Units.Plural(calls, "call")} of {header.Model} ({header.Label}) in {file}"));
        return ExitCode.Done;
    }
}
