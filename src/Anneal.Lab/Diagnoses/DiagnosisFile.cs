using System.Text.Json;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Diagnoses;

/// <summary>The <c>diagnoses.jsonl</c> of a run: one second opinion a line, only ever added to.</summary>
/// <param name="path">The file; it may not be there yet.</param>
internal sealed class DiagnosisFile(string path)
{
    /// <summary>All whole lines; one that a crash tore is passed over.</summary>
    public IReadOnlyList<DiagnosisRecord> Read() => File.Exists(path) ? [.. File.ReadLines(path).Select(Parse).OfType<DiagnosisRecord>()] : [];

    /// <summary>Adds a line in one write.</summary>
    public void Add(DiagnosisRecord diagnosis) => File.AppendAllText(path, JsonSerializer.Serialize(diagnosis, Ledger.Ledger.Json) + "\n");

    private static DiagnosisRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<DiagnosisRecord>(line, Ledger.Ledger.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
