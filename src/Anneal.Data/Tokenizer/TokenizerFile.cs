using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anneal.Data.Tokenizer;

/// <summary>
/// <c>tokenizer.json</c> in the layout of Hugging Face's tokenizers 1.0: a Split pre-tokenizer with our word pattern, then
/// ByteLevel, a BPE model with vocabulary and merges, end-of-text as an added token. Bytes are written as GPT-2's printable
/// stand-ins (space is Ġ). A file without merges is the tokenizer of bytes alone.
/// </summary>
internal static class TokenizerFile
{
    private const string EndOfText = "<|endoftext|>";

    private static readonly char[] StandIn = StandIns();

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a tokenizer.</summary>
    public static void Save(Tokenizer tokenizer, string path)
    {
        var bpe = tokenizer as BpeTokenizer;
        var vocabulary = new JsonObject();
        for (var id = 0; id < tokenizer.EndOfText; id++)
            vocabulary[Printable(tokenizer.Bytes(id))] = id;
        var merges = new JsonArray([.. (bpe?.Merges ?? []).Select(m =>
            (JsonNode)new JsonArray(Printable(tokenizer.Bytes(m.Left)), Printable(tokenizer.Bytes(m.Right))))]);
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(new JsonObject
            {
                ["id"] = tokenizer.EndOfText,
                ["content"] = EndOfText,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = bpe is null ? ByteLevel() : new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "Split",
                        ["pattern"] = new JsonObject { ["Regex"] = WordSplit.Pattern(bpe.Digits) },
                        ["behavior"] = "Isolated",
                        ["invert"] = false,
                    },
                    ByteLevel()),
            },
            ["post_processor"] = null,
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = merges,
            },
        };
        File.WriteAllText(path, file.ToJsonString(Indented) + "\n");
    }

    /// <summary>Reads a tokenizer that <see cref="Save"/> wrote.</summary>
    public static Tokenizer Load(string path)
    {
        try
        {
            var file = JsonNode.Parse(File.ReadAllText(path))!;
            var model = file["model"]!;
            var merges = model["merges"]!.AsArray();
            if (merges.Count == 0)
                return new ByteTokenizer();
            var ids = model["vocab"]!.AsObject().ToDictionary(v => v.Key, v => (int)v.Value!, StringComparer.Ordinal);
            var pattern = (string)file["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"]!;
            var digits = Enumerable.Range(1, WordSplit.MostDigits).FirstOrDefault(d => WordSplit.Pattern(d) == pattern);
            if (digits == 0)
                throw new CorpusException($"splits words by '{pattern}', expected a pattern of this program", path);
            var tokenizer = new BpeTokenizer([.. merges.Select(m => (ids[(string)m![0]!], ids[(string)m[1]!]))], digits);
            for (var id = 0; id < tokenizer.EndOfText; id++)
                if (!ids.TryGetValue(Printable(tokenizer.Bytes(id)), out var stated) || stated != id)
                    throw new CorpusException($"token {id} should be '{Printable(tokenizer.Bytes(id))}' by the merges, the vocabulary disagrees", path);
            return tokenizer;
        }
        catch (Exception error) when (error is JsonException or NullReferenceException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CorpusException($"no tokenizer of this program: {error.Message}", path, 0, error);
        }
    }

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = false,
    };

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
            text.Append(StandIn[b]);
        return text.ToString();
    }

    /// <summary>GPT-2's map: printable Latin-1 bytes stand for themselves, the others for U+0100 onwards in order.</summary>
    private static char[] StandIns()
    {
        var map = new char[256];
        var next = '\u0100';
        for (var b = 0; b < 256; b++)
            map[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : next++;
        return map;
    }
}
