namespace Anneal.Data.Tokenizer;

/// <summary>Applies merges to one word: of all adjacent pairs that can merge, the one with the least id does, leftmost first.</summary>
internal static class WordMerge
{
    /// <summary>Above this length a heap finds the next pair, so that a megabyte without a blank costs n log n.</summary>
    private const int Long = 96;

    /// <summary>The tokens of a word.</summary>
    /// <param name="word">Its bytes.</param>
    /// <param name="merged">The id that each pair of ids becomes; a lesser id was learned earlier.</param>
    public static int[] Encode(ReadOnlySpan<byte> word, Dictionary<(int Left, int Right), int> merged) =>
        word.Length <= Long ? Scan(word, merged) : Heap(word, merged);

    /// <summary>Looks through all pairs for each merge.</summary>
    internal static int[] Scan(ReadOnlySpan<byte> word, Dictionary<(int Left, int Right), int> merged)
    {
        Span<int> tokens = new int[word.Length];
        for (var i = 0; i < word.Length; i++)
            tokens[i] = word[i];
        while (true)
        {
            var (best, at) = (int.MaxValue, -1);
            for (var i = 1; i < tokens.Length; i++)
                if (merged.TryGetValue((tokens[i - 1], tokens[i]), out var id) && id < best)
                    (best, at) = (id, i - 1);
            if (at < 0)
                return tokens.ToArray();
            tokens[at] = best;
            tokens[(at + 2)..].CopyTo(tokens[(at + 1)..]);
            tokens = tokens[..^1];
        }
    }

    /// <summary>Keeps the pairs in a heap by (id, position), over a linked list of tokens.</summary>
    internal static int[] Heap(ReadOnlySpan<byte> word, Dictionary<(int Left, int Right), int> merged)
    {
        var length = word.Length;
        var tokens = new int[length];
        var next = new int[length];     // length = none
        var previous = new int[length]; // -1 = none
        for (var i = 0; i < length; i++)
            (tokens[i], next[i], previous[i]) = (word[i], i + 1, i - 1);
        var heap = new PriorityQueue<(int At, int Right), (int Id, int At)>();
        for (var i = 0; i < length; i++)
            Offer(i);
        while (heap.TryDequeue(out var pair, out var rank))
        {
            var (at, right) = pair;
            // Stale: one of the two was merged since, or is no longer the neighbour.
            if (next[at] != right || !merged.TryGetValue((tokens[at], tokens[right]), out var id) || id != rank.Id)
                continue;
            tokens[at] = id;
            tokens[right] = -1;
            next[at] = next[right];
            if (next[at] < length)
                previous[next[at]] = at;
            Offer(at);
            if (previous[at] >= 0)
                Offer(previous[at]);
        }
        return [.. tokens.Where(t => t >= 0)];

        void Offer(int at)
        {
            if (next[at] < length && merged.TryGetValue((tokens[at], tokens[next[at]]), out var id))
                heap.Enqueue((at, next[at]), (id, at));
        }
    }
}
