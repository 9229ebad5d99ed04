using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Anneal.Runs.Protocol;

/// <summary>Files of one JSON object a line, appended to by one process that may die in the middle of a line.</summary>
internal static class JsonLines
{
    /// <summary>The objects of all complete, well-formed lines.</summary>
    public static IReadOnlyList<T> Read<T>(string path, JsonTypeInfo<T> type) where T : class
    {
        if (!File.Exists(path)) return [];
        var found = new List<T>();
        foreach (var line in CompleteLines(ReadShared(path)))
        {
            try
            {
                if (JsonSerializer.Deserialize(line.Span, type) is { } item) found.Add(item);
            }
            catch (JsonException)
            {
                // A line torn by a crash; what it said is lost.
            }
        }
        return found;
    }

    /// <summary>Appends one line in one write.</summary>
    public static void Append(string path, ReadOnlySpan<byte> json)
    {
        using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Write([.. json, (byte)'\n']);
    }

    /// <summary>
    /// Cuts a half-written last line, and from the first line on whose <c>step</c> is above <paramref name="step"/>, so that a
    /// run which goes on from an earlier state says nothing twice.
    /// </summary>
    /// <param name="path">The file; it need not be there.</param>
    /// <param name="step">Last step that stays.</param>
    /// <param name="keep">Lines at the beginning that stay whatever their step.</param>
    public static void TruncateAfter(string path, int step, int keep = 0)
    {
        if (!File.Exists(path)) return;
        var bytes = ReadShared(path);
        var kept = 0;
        foreach (var line in CompleteLines(bytes))
        {
            if (keep-- <= 0 && StepOf(line.Span) > step) break;
            kept += line.Length + 1;
        }
        if (kept == bytes.Length) return;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write);
        stream.SetLength(kept);
    }

    /// <summary>Complete lines of a file; 0 where there is none.</summary>
    public static int Count(string path) => File.Exists(path) ? CompleteLines(ReadShared(path)).Count() : 0;

    internal static IEnumerable<ReadOnlyMemory<byte>> CompleteLines(ReadOnlyMemory<byte> bytes)
    {
        for (var rest = bytes; rest.Span.IndexOf((byte)'\n') is >= 0 and var end; rest = rest[(end + 1)..])
            yield return rest[..end];
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static int StepOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("step"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var step) ? step : 0;
        }
        catch (JsonException)
        {
            // Kept: it lies between two good lines.
        }
        return 0;
    }
}
