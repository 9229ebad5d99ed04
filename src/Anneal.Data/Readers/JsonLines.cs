using System.Text;
using System.Text.Json;

namespace Anneal.Data.Readers;

/// <summary>
/// Reads JSON lines: one object a line with <c>text</c>, and if wanted <c>id</c>, <c>domain</c> and <c>group</c>, all strings.
/// Other fields are ignored, blank lines skipped.
/// </summary>
internal static class JsonLines
{
    /// <summary>Reads a stream to its end, line by line.</summary>
    /// <param name="stream">UTF-8; disposed at the end.</param>
    /// <param name="file">The name that errors and default ids carry.</param>
    /// <param name="domain">The domain of lines that name none.</param>
    /// <exception cref="CorpusException">A line is no JSON object or has no text.</exception>
    public static IEnumerable<Document> Read(Stream stream, string file, string domain)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        for (var line = 1L; TextFiles.Guard(file, reader.ReadLine) is { } json; line++)
            if (!string.IsNullOrWhiteSpace(json))
                yield return Parse(json, file, line, domain);
    }

    private static Document Parse(string json, string file, long line, string domain)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var root = parsed.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new CorpusException($"found {Excerpt(json)}, expected a JSON object with a \"text\" string", file, line);
            var id = Field(root, "id", file, line) ?? $"{Path.GetFileName(file)}:{line}";
            return new Document(
                id,
                Field(root, "domain", file, line) ?? domain,
                Field(root, "group", file, line) ?? $"{Path.GetFileName(file)}:{line}",
                Field(root, "text", file, line) ?? throw new CorpusException($"no \"text\" among the fields ({Names(root)}), expected {{\"text\": \"...\"}}", file, line));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped half of a surrogate pair.
            throw new CorpusException($"found {Excerpt(json)}, expected one JSON object a line: {error.Message}", file, line, error);
        }
    }

    private static string? Field(JsonElement root, string name, string file, long line)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (name == "id" && value.ValueKind == JsonValueKind.Number)
            return value.GetRawText();
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new CorpusException($"\"{name}\" is {Excerpt(value.GetRawText())}, expected a string", file, line);
    }

    private static string Names(JsonElement root) =>
        root.EnumerateObject().Select(p => p.Name).Take(8).DefaultIfEmpty("none").Aggregate((a, b) => $"{a}, {b}");

    /// <summary>The beginning of a line, safe to print.</summary>
    private static string Excerpt(string line)
    {
        var shown = new StringBuilder();
        foreach (var c in line.AsSpan(0, Math.Min(line.Length, 60)))
            shown.Append(char.IsControl(c) || c == '\uFFFD' || char.IsSurrogate(c) ? '?' : c);
        return $"'{shown}{(line.Length > 60 ? "..." : "")}'";
    }
}
