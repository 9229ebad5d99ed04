using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Anneal.Tests.Lab.Providers.Servers;

// Prompt caching: tools, then system, then turns; an entry ends at each marked block; a marked block looks back over at most
// twenty blocks for the longest entry.
internal sealed class PromptCache
{
    private const int LookBack = 20, LeastTokens = 512;

    private readonly HashSet<string> entries = [];

    public (int Input, int Read, int Written) Bill(JsonObject body)
    {
        var (text, tokens, marks, hashes) = (new StringBuilder(), new List<int>(), new List<int>(), new List<string>());
        foreach (var block in Blocks(body))
        {
            var plain = block.DeepClone().AsObject();
            if (plain.Remove("cache_control")) marks.Add(tokens.Count);
            text.Append(plain.ToJsonString()).Append('\n');
            tokens.Add(TokensOf(text.Length));
            hashes.Add(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))));
        }
        lock (entries)
        {
            var all = Count(body);
            if (marks is not [.., var last] || tokens[last] < LeastTokens) return (all, 0, 0);
            var read = marks.SelectMany(mark => Enumerable.Range(Math.Max(0, mark - LookBack), mark - Math.Max(0, mark - LookBack) + 1))
                .Where(at => entries.Contains(hashes[at])).Select(at => tokens[at]).DefaultIfEmpty(0).Max();
            foreach (var mark in marks.Where(mark => tokens[mark] >= LeastTokens)) entries.Add(hashes[mark]);
            return (all - tokens[last], read, tokens[last] - read);
        }
    }

    // Four characters a token, as a rule of thumb has it.
    public static int Count(JsonObject body) => TokensOf(Blocks(body).Sum(block => block.ToJsonString().Length + 1));

    public static int TokensOf(int characters) => (characters + 3) / 4;

    private static IEnumerable<JsonObject> Blocks(JsonObject body)
    {
        foreach (var tool in body["tools"] as JsonArray ?? []) yield return tool!.AsObject();
        foreach (var block in MessagesCall.Blocks(body["system"])) yield return block;
        foreach (var message in body["messages"]!.AsArray())
            foreach (var block in MessagesCall.Blocks(message!["content"])) yield return block;
    }
}
