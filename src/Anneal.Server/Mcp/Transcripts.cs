using Anneal.Lab;
using Anneal.Lab.Providers;

namespace Anneal.Server.Mcp;

/// <summary>Transcripts of studies as text.</summary>
internal static class Transcripts
{
    /// <summary>A header, then one call a line; empty where no model was asked.</summary>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="study">Study.</param>
    public static string Text(string lab, string study)
    {
        using var ledger = LabStudies.Open(lab);
        var file = Path.Combine(Study.ReportDirectory(study, lab), Transcript.FileName);
        return Transcript.Export(ledger, study, file) == 0 ? "" : File.ReadAllText(file);
    }
}
