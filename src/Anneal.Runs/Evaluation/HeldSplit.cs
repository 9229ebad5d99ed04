using System.Text.Json;
using Anneal.Engine.Shards;

namespace Anneal.Runs.Evaluation;

/// <summary>The documents of a held split: tokens, and the domain of each.</summary>
internal sealed class HeldSplit
{
    private readonly int[] text; // tokens of all documents
    private readonly int[] bounds; // [documents + 1]
    private readonly string[] domains;
    private readonly int[] domainOf; // [documents]

    private HeldSplit(int[] text, int[] bounds, string[] domains, int[] domainOf) =>
        (this.text, this.bounds, this.domains, this.domainOf) = (text, bounds, domains, domainOf);

    public int Documents => bounds.Length - 1;

    /// <summary>Tokens of a document, its closing end-of-text token included.</summary>
    public ReadOnlySpan<int> Document(int index) => text.AsSpan(bounds[index]..bounds[index + 1]);

    public string Domain(int document) => domains[domainOf[document]];

    /// <summary>Reads <c>SPLIT.bin</c> and <c>domains.json</c>.</summary>
    public static HeldSplit Load(string heldDirectory, string split, int endOfText)
    {
        var path = Path.Combine(heldDirectory, $"{split}.bin");
        if (!File.Exists(path))
        {
            var splits = Directory.Exists(heldDirectory) ? Directory.EnumerateFiles(heldDirectory, "*.bin").Select(f => Path.GetFileNameWithoutExtension(f)).Order().ToArray() : [];
            throw new InputException(path, $"no such held split `{split}`; {NearestWord.Hint(split, splits)}");
        }
        var tokens = ReadTokens(path);
        var starts = new List<int> { 0 };
        for (var i = 0; i < tokens.Length; i++)
            if (tokens[i] == endOfText) starts.Add(i + 1);
        if (starts[^1] != tokens.Length) throw new InputException(path, $"the last document has no end-of-text token ({endOfText}); prepare the corpus again");
        var (names, indices) = ReadDomains(Path.Combine(heldDirectory, "domains.json"), split);
        if (indices.Length != starts.Count - 1)
            throw new InputException(path, $"holds {starts.Count - 1} documents, domains.json names the domains of {indices.Length}; prepare the corpus again");
        return new(tokens, [.. starts], names, indices);
    }

    private static int[] ReadTokens(string path)
    {
        try
        {
            using var shard = Shard.Open(path);
            var tokens = new int[shard.Length];
            for (var i = 0; i < tokens.Length; i++) tokens[i] = shard.Tokens[i];
            return tokens;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InputException(path, e.Message);
        }
    }

    private static (string[] Domains, int[] DomainOf) ReadDomains(string path, string split)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var names = json.RootElement.GetProperty("domains").EnumerateArray().Select(d => d.GetString()!).ToArray();
            var indices = json.RootElement.GetProperty("documents").GetProperty(split).EnumerateArray().Select(d => d.GetInt32()).ToArray();
            if (indices.Any(i => i < 0 || i >= names.Length)) throw new InputException(path, $"`documents.{split}` names a domain beyond the {names.Length} there are; prepare the corpus again");
            return (names, indices);
        }
        catch (Exception e) when (e is JsonException or IOException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InputException(path, $"cannot be read: {e.Message}; prepare the corpus again");
        }
    }
}
