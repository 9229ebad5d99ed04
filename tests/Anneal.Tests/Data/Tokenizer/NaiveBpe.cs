namespace Anneal.Tests.Data.Tokenizer;

/// <summary>Byte-pair encoding as the definition says it, recounting everything after each merge. The reference.</summary>
internal static class NaiveBpe
{
    public static List<(int Left, int Right)> Train(IReadOnlyDictionary<byte[], long> words, int merges)
    {
        var texts = words.Select(w => (Tokens: w.Key.Select(b => (int)b).ToList(), Count: w.Value)).ToList();
        var bytes = Enumerable.Range(0, 256).Select(b => ((char)b).ToString()).ToList();
        var learned = new List<(int, int)>();
        while (learned.Count < merges)
        {
            var counts = new Dictionary<(int Left, int Right), long>();
            foreach (var (tokens, count) in texts)
                for (var i = 1; i < tokens.Count; i++)
                    counts[(tokens[i - 1], tokens[i])] = counts.GetValueOrDefault((tokens[i - 1], tokens[i])) + count;
            var candidates = counts.Where(c => c.Value >= 2 && !bytes.Contains(bytes[c.Key.Left] + bytes[c.Key.Right])).ToList();
            if (candidates.Count == 0)
                break;
            var best = candidates.OrderByDescending(c => c.Value).ThenBy(c => c.Key.Left).ThenBy(c => c.Key.Right).First().Key;
            learned.Add(best);
            foreach (var (tokens, _) in texts)
                Replace(tokens, best, bytes.Count);
            bytes.Add(bytes[best.Left] + bytes[best.Right]);
        }
        return learned;
    }

    /// <summary>The merges in the order learned, each applied from left to right wherever it fits.</summary>
    public static List<int> Encode(byte[] word, IReadOnlyList<(int Left, int Right)> merges)
    {
        var tokens = word.Select(b => (int)b).ToList();
        for (var i = 0; i < merges.Count; i++)
            Replace(tokens, merges[i], 256 + i);
        return tokens;
    }

    private static void Replace(List<int> tokens, (int Left, int Right) pair, int id)
    {
        for (var i = 0; i + 1 < tokens.Count; i++)
            if ((tokens[i], tokens[i + 1]) == pair)
            {
                tokens[i] = id;
                tokens.RemoveAt(i + 1);
            }
    }
}
