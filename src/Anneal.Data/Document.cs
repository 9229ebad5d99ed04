namespace Anneal.Data;

/// <summary>One text of a corpus.</summary>
/// <param name="Id">Unique within its source: a type's full name, a page's name, a path with a part number.</param>
/// <param name="Domain">The slice of the corpus it is counted under: a namespace, a manual section, a folder.</param>
/// <param name="Group">What may not be torn apart: documents of one group stand on one side of the split.</param>
/// <param name="Text">The text, UTF-16 in memory and UTF-8 on disk.</param>
public sealed record Document(string Id, string Domain, string Group, string Text);
