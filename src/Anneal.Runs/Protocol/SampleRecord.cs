using System.Text.Json;

namespace Anneal.Runs.Protocol;

/// <summary>Text that a model wrote during its run; a line of <c>samples.jsonl</c>. Untrusted text.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Prompt">What it was given.</param>
/// <param name="Text">What it wrote.</param>
/// <param name="Temperature">0 is greedy.</param>
/// <param name="TopK">Only the so many likeliest tokens; 0 means all.</param>
/// <param name="Seed">Seed of the draw.</param>
public sealed record SampleRecord(int Step, string Prompt, string Text, double Temperature, int TopK, long Seed)
{
    /// <summary>The complete lines of a <c>samples.jsonl</c>; none where there is no file.</summary>
    public static IReadOnlyList<SampleRecord> ReadAll(string path) => JsonLines.Read(path, ProtocolJson.Default.SampleRecord);

    internal void AppendTo(string path) => JsonLines.Append(path, JsonSerializer.SerializeToUtf8Bytes(this, ProtocolJson.Default.SampleRecord));
}
