using System.CommandLine;
using Anneal.Cli.Terminal;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal study</c>: run, resume, report, list, estimate, transcript.</summary>
internal static class StudyCommand
{
    public static Command Create() =>
        new Verb("study", "Runs studies: changes are proposed, screened, confirmed over paired seeds and judged; what passes becomes the champion.",
            ("anneal study run samples/first-study/study.yaml", "From a baseline to a sealed comparison, with a report at the end."),
            ("anneal study resume first-study", "Go on after an interruption; nothing completed is done twice."),
            ("anneal study report first-study", "Write the report again from the ledger, while it runs too."),
            ("anneal study list", "All studies of the lab."))
        {
            StudyRunCommand.Create(),
            StudyResumeCommand.Create(),
            StudyReportCommand.Create(),
            StudyListCommand.Create(),
            StudyEstimateCommand.Create(),
            StudyTranscriptCommand.Create(),
        };

    /// <summary>A study by its file or by its name.</summary>
    public static Argument<string> Study() => new("study") { Description = "The study's file, or its name in the lab.", HelpName = "STUDY" };
}
