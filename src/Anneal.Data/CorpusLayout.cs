using System.Text.Json;

namespace Anneal.Data;

/// <summary>
/// Where things lie in a corpus directory. Held-out text and shards are in a tree of their own, so that a run can be shown
/// <c>train/</c> alone:
/// <code>
/// corpus.json
/// train/documents.jsonl          held/val.jsonl  held/test.jsonl
/// train/TOKENIZER/train.bin      held/TOKENIZER/val.bin, test.bin
/// </code>
/// </summary>
internal static class CorpusLayout
{
    /// <summary>The manifest; its presence makes a directory a corpus.</summary>
    public static string Manifest(string directory) => Path.Combine(directory, "corpus.json");

    /// <summary>A side's documents, one JSON object a line.</summary>
    public static string Documents(string directory, Split split) => split switch
    {
        Split.Train => Path.Combine(directory, "train", "documents.jsonl"),
        Split.Validation => Path.Combine(directory, "held", "val.jsonl"),
        _ => Path.Combine(directory, "held", "test.jsonl"),
    };

    /// <summary>Where a tokenizer's train shard lies.</summary>
    public static string TrainTokens(string directory, string tokenizer) => Path.Combine(directory, "train", tokenizer);

    /// <summary>Where a tokenizer's held-out shards lie.</summary>
    public static string HeldTokens(string directory, string tokenizer) => Path.Combine(directory, "held", tokenizer);

    /// <summary>A document as its line of a documents file, line end included.</summary>
    public static byte[] Line(Document document)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(document, Json);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }

    /// <summary>The document that a line holds.</summary>
    public static Document Parse(string line, string file, long number)
    {
        try
        {
            return JsonSerializer.Deserialize<Document>(line, Json)!;
        }
        catch (JsonException error)
        {
            throw new CorpusException($"damaged: {error.Message}; prepare the corpus again", file, number, error);
        }
    }

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
