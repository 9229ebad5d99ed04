using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;

namespace Anneal.Lab;

/// <summary>The report files of a study.</summary>
public static class StudyReport
{
    /// <summary>Writes <c>report.html</c>, <c>report.md</c> and <c>report.json</c>, each whole or not at all.</summary>
    /// <param name="study">From the ledger.</param>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="directory">Where they shall lie; null takes <see cref="Study.ReportDirectory"/>.</param>
    /// <returns>Path of <c>report.html</c>.</returns>
    public static string Write(StudyRecord study, string lab, string? directory = null)
    {
        directory = Path.GetFullPath(directory ?? Study.ReportDirectory(study.Spec.Study, lab));
        Directory.CreateDirectory(directory);
        var html = Path.Combine(directory, "report.html");
        Replace(html, HtmlReport.Render(study));
        Replace(Path.Combine(directory, "report.md"), MarkdownReport.Render(study));
        Replace(Path.Combine(directory, "report.json"), JsonReport.Render(study, lab, html));
        return html;
    }

    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
