using Anneal.Lab.Reports;
using Anneal.Runs.Watching.Replays;

namespace Anneal.Cli.Commands;

/// <summary>What is to be said about the recording itself: what was odd in it, and what was not understood.</summary>
internal static class ReplayWords
{
    /// <summary>Plain lines; none where all was well.</summary>
    /// <param name="report">Of the replay.</param>
    /// <param name="verbose">Say what is harmless, too, and how fast it went.</param>
    public static IEnumerable<string> Of(ReplayReport report, bool verbose)
    {
        if (report.CutShort is { } why) yield return $"The stream ends early, after line {report.Lines:N0}: {why.TrimEnd('.')}. What came before was watched.";
        if (report.FirstNotUnderstood is { } first)
            yield return $"{report.NotUnderstood:N0} of {report.Lines:N0} lines were not understood; the first is line {first.Line:N0}: {PlainText.Shorten(PlainText.Clean(first.Excerpt), 80)}";
        if (report.Restarts > 0) yield return $"The run went back to an earlier step {Times(report.Restarts)}; it was watched as it went.";
        if (!verbose) yield break;
        if (report.Duplicates > 0) yield return $"{report.Duplicates:N0} steps were said twice, with the same loss, and left out.";
        if (report.Late > 0) yield return $"{report.Late:N0} steps came after their successors and were left out.";
        if (report.Gaps > 0) yield return $"Steps are missing in {report.Gaps:N0} places.";
        yield return $"{report.Lines:N0} lines in {report.Seconds:0.00} s: {report.Lines / Math.Max(report.Seconds, 1e-9):N0} a second.";
    }

    private static string Times(long count) => count switch { 1 => "once", 2 => "twice", _ => $"{count:N0} times" };
}
