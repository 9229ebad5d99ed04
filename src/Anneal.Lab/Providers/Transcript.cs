using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab.Ledger;
using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Providers;

/// <summary>
/// A study's conversations as JSON lines, to read, share and replay: a header, then a line for each answered call in the
/// order of sending. It holds what was said and never a key.
/// </summary>
public static class Transcript
{
    private const int Format = 1;

    /// <summary>Name of the file in the study's folder.</summary>
    public const string FileName = "transcript.jsonl";

    /// <summary>Writes a study's transcript; the file is replaced whole.</summary>
    /// <param name="ledger">The lab.</param>
    /// <param name="study">Study.</param>
    /// <param name="file">Where to; its folder is made.</param>
    /// <returns>How many answered calls it holds; with none, no file is written.</returns>
    public static int Export(Ledger.Ledger ledger, string study, string file)
    {
        var calls = ledger.ReadCalls(study).Where(call => call.Outcome == "answered").ToList();
        if (calls.Count == 0) return 0;
        var text = new StringBuilder();
        text.Append(RequestText.Compact(Header(study, calls))).Append('\n');
        foreach (var call in calls) text.Append(RequestText.Compact(Line(call))).Append('\n');
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(text.ToString()));
        return calls.Count;
    }

    /// <summary>Reads the header of a transcript.</summary>
    /// <param name="file">The transcript.</param>
    /// <exception cref="InputException">It is damaged: file and line.</exception>
    public static TranscriptHeader ReadHeader(string file) => Load(file).Header;

    /// <summary>A model that answers from a transcript.</summary>
    /// <param name="file">The transcript.</param>
    /// <exception cref="InputException">It is damaged: file and line.</exception>
    internal static ReplayModel Load(string file)
    {
        string[] text;
        try
        {
            text = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(file, $"cannot be read: {e.Message}");
        }
        if (text is []) throw new InputException(file, "is empty: expected a transcript, which begins with a header line");
        var header = Read(file, 1, text[0], ReadHeader);
        var lines = new Dictionary<(string, int), TranscriptLine>();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i].Length == 0) continue;
            var line = Read(file, i + 1, text[i], ReadLine);
            if (!lines.TryAdd((line.Conversation, line.Turn), line))
                throw new InputException(file, i + 1, 1, $"answers turn {line.Turn} of conversation {line.Conversation} a second time");
        }
        return new ReplayModel(header, lines);
    }

    private static JsonObject Header(string study, List<CallRecord> calls)
    {
        var models = calls.Select(call => JsonNode.Parse(call.Reply!)!["model"]!.GetValue<string>()).Distinct().ToList();
        var scripted = models.Exists(name => name == Scripted);
        return new JsonObject
        {
            ["anneal_transcript"] = Format,
            ["study"] = study,
            ["provider"] = calls[0].Provider,
            ["model"] = scripted ? Scripted : calls[0].Model,
            ["label"] = scripted ? Scripted : "recorded",
            ["when"] = calls[0].Sent[..10],
        };
    }

    /// <summary>What a server that only plays a model calls itself.</summary>
    internal const string Scripted = "scripted";

    private static JsonObject Line(CallRecord call) => new()
    {
        ["conversation"] = call.Conversation,
        ["turn"] = call.Turn,
        ["request_hash"] = call.RequestHash,
        ["request"] = JsonNode.Parse(call.Request),
        ["reply"] = JsonNode.Parse(call.Reply!),
        ["usd"] = call.Usd,
    };

    private static TranscriptHeader ReadHeader(JsonObject json)
    {
        if (json["anneal_transcript"]?.GetValue<int>() is not Format and var format)
            throw new JsonException($"expected a header with \"anneal_transcript\": {Format}, found {format?.ToString() ?? "none"}");
        return new(Word(json, "study"), Word(json, "provider"), Word(json, "model"), Word(json, "label"), Word(json, "when"));
    }

    private static TranscriptLine ReadLine(JsonObject json) => new(
        Word(json, "conversation"),
        json["turn"]?.GetValue<int>() ?? throw new JsonException("has no `turn`"),
        Word(json, "request_hash"),
        json["request"]?.DeepClone(),
        ReplyJson.Parse(json["reply"]),
        json["usd"]?.GetValue<double>() ?? 0);

    private static string Word(JsonObject json, string name) => json[name]?.GetValue<string>() ?? throw new JsonException($"has no `{name}`");

    private static T Read<T>(string file, int line, string text, Func<JsonObject, T> read)
    {
        try
        {
            return read(JsonNode.Parse(text) as JsonObject ?? throw new JsonException("is no JSON object"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InputException(file, line, 1, $"this line of the transcript is damaged: {e.Message}");
        }
    }
}
