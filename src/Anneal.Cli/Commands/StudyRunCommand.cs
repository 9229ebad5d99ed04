using System.CommandLine;
using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Live;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal study run STUDY</c></summary>
internal static class StudyRunCommand
{
    public static Command Create()
    {
        var (file, lab) = (new Argument<string>("study") { Description = "The study's YAML file.", HelpName = "STUDY.yaml" }, CommonOptions.Lab());
        var sitting = new SittingChoice();
        var command = sitting.On(new Verb("run", "Runs a study to its end, or goes on with it where it was interrupted.",
            ("anneal study run samples/first-study/study.yaml", "Runs the sample; the report lies in .anneal/studies/first-study/report.html."),
            ("anneal study run mine.yaml --lab /data/lab", "Keeps ledger, runs and corpora in another folder."),
            ("anneal study run mine.yaml --researcher claude --usd 5", "Claude proposes, for at most five dollars; needs ANTHROPIC_API_KEY."),
            ("anneal study run mine.yaml --json > result.json", "One JSON document at the end; progress stays on standard error."))
        { file, lab });
        command.SetAction((call, cancel) =>
        {
            var output = new Output(call);
            output.Say($"Reading {call.GetRequiredValue(file)}");
            var spec = StudyFile.Load(call.GetRequiredValue(file));
            var (folder, options) = (call.GetRequiredValue(lab), sitting.Of(call));
            return StudySitting.SitAsync(output, spec.Study, folder, new StudyBoard(spec.Budget, 0), view => Study.RunAsync(spec, folder, view, cancel, options));
        });
        return command;
    }
}
