namespace Anneal.Data.Readers;

/// <summary>What one <c>member</c> element of a documentation file says, tags already turned into text.</summary>
internal sealed class MemberDocs
{
    /// <summary>The kind: T, M, P, F, E.</summary>
    public required char Kind { get; init; }

    /// <summary>The identifier without its kind.</summary>
    public required string Name { get; init; }

    /// <summary>The summary, possibly empty.</summary>
    public string Summary { get; set; } = "";

    /// <summary>Type parameters, in order.</summary>
    public List<(string Name, string Text)> TypeParameters { get; } = [];

    /// <summary>Parameters, in order.</summary>
    public List<(string Name, string Text)> Parameters { get; } = [];

    /// <summary>What comes back: the returns or value element with its label.</summary>
    public List<string> Results { get; } = [];

    /// <summary>Remarks, examples and exceptions in order, the last with their label.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Whether there is any text at all.</summary>
    public bool Any => Summary.Length > 0 || Results.Count > 0 || Notes.Count > 0 || Parameters.Exists(p => p.Text.Length > 0);
}
