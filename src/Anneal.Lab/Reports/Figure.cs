namespace Anneal.Lab.Reports;

/// <summary>A picture with what makes it readable without eyes or colours: a sentence and the numbers themselves.</summary>
/// <param name="Id">Anchor in the page.</param>
/// <param name="Title">What is drawn.</param>
/// <param name="Summary">What it shows, in one sentence.</param>
/// <param name="Picture">Null where there is nothing to draw yet.</param>
/// <param name="Key">How to read the marks.</param>
/// <param name="Table">The numbers behind the picture.</param>
internal sealed record Figure(string Id, string Title, string Summary, Drawing? Picture, string Key, Table Table);

/// <summary>Numbers behind a figure.</summary>
/// <param name="Columns">Headings, with units.</param>
/// <param name="Rows">Cells, formatted.</param>
internal sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
