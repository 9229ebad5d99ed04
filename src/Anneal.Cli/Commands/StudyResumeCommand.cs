using System.CommandLine;
using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Live;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal study resume STUDY</c></summary>
internal static class StudyResumeCommand
{
    public static Command Create()
    {
        var (name, lab) = (StudyCommand.Study(), CommonOptions.Lab());
        var sitting = new SittingChoice();
        var command = sitting.On(new Verb("resume", "Goes on with an interrupted study as it was started; its outcome is that of an undisturbed one.",
            ("anneal study resume first-study", "After Ctrl+C, a crash or kill -9."),
            ("anneal study resume samples/first-study/study.yaml", "The same, by its file."))
        { name, lab });
        command.SetAction((call, cancel) =>
        {
            var (folder, options) = (call.GetRequiredValue(lab), sitting.Of(call));
            var study = LabStudies.NameOf(call.GetRequiredValue(name));
            var known = LabStudies.Read(folder, study);
            return StudySitting.SitAsync(new Output(call), study, folder, new StudyBoard(known.Spec.Budget, known.SecondsSpent), view => Study.ResumeAsync(study, folder, view, cancel, options));
        });
        return command;
    }
}
