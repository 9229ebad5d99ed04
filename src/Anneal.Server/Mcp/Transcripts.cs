namespace Anneal.Server.Mcp;

/// <summary>Transcripts of studies as text.</summary>
internal static class Transcripts
{
    /// <summary>One call a line; empty where no model was asked.</summary>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="study">Study.</param>
    public static string Text(string lab, string study) => "";
}
