using Anneal.Cli.Live;
using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Ledger;
using Anneal.Lab.Live;
using Anneal.Lab.Reports;

namespace Anneal.Cli.Commands;

/// <summary>One sitting at a study, begun or resumed: shown while it works, summed up when it ends.</summary>
internal static class StudySitting
{
    /// <param name="output">Where words go.</param>
    /// <param name="name">The study's name.</param>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="board">Gathers what happens.</param>
    /// <param name="work">Runs or resumes the study.</param>
    /// <returns>0 done, 1 failed, 130 interrupted.</returns>
    public static async Task<int> SitAsync(Output output, string name, string lab, StudyBoard board, Func<IProgress<StudyEvent>, Task<StudyRecord>> work)
    {
        output.Say($"Study {name} in lab {lab}");
        StudyRecord study;
        using (IStudyView view = output.Moves ? new TerminalView(output.Progress, name, board) : new PlainView(output, board))
            study = await work(view);
        Close(output, study, lab);
        return study.Status switch { "done" => ExitCode.Done, "interrupted" => ExitCode.Interrupted, _ => ExitCode.Failed };
    }

    private static void Close(Output output, StudyRecord study, string lab)
    {
        var report = Path.Combine(Study.ReportDirectory(study.Spec.Study, lab), "report.html");
        if (output.Json)
            output.Document(System.Text.Json.Nodes.JsonNode.Parse(JsonReport.Render(study, Path.GetFullPath(lab), report))!);
        else
            StudySummary.Print(output.Results, study, report);
        if (study.Status == "interrupted")
            output.Say($"Interrupted; the state is saved. Go on with: anneal study resume {study.Spec.Study}{(lab == ".anneal" ? "" : $" --lab {lab}")}");
    }
}
