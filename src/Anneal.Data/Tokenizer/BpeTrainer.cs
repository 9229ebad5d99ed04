using System.Runtime.InteropServices;

namespace Anneal.Data.Tokenizer;

/// <summary>
/// Learns merges (Gage 1994, Sennrich et al. 2016): again and again the most frequent adjacent pair of tokens becomes one
/// token. Ties go to the smaller left id, then the smaller right one. A pair whose bytes are a token already is passed over.
/// Incremental: a merge touches the words that hold its pair only, and a heap with lazy corrections finds the next.
/// </summary>
internal sealed class BpeTrainer
{
    private readonly record struct Candidate(int Left, int Right, long Count) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            var order = other.Count.CompareTo(Count);
            if (order == 0)
                order = Left.CompareTo(other.Left);
            return order == 0 ? Right.CompareTo(other.Right) : order;
        }
    }

    private sealed class Pair
    {
        public long Count;
        public readonly List<int> Words = []; // may repeat a word, or keep one that no longer holds the pair
    }

    private readonly List<(int[] Tokens, long Count)> _words = [];
    private readonly Dictionary<(int Left, int Right), Pair> _pairs = [];
    private readonly PriorityQueue<(int, int), Candidate> _heap = new();

    /// <summary>Learns up to <paramref name="merges"/> merges; fewer if the words run out of pairs that occur twice.</summary>
    public static List<(int Left, int Right)> Train(IReadOnlyDictionary<byte[], long> words, int merges) => new BpeTrainer(words).Learn(merges);

    private BpeTrainer(IReadOnlyDictionary<byte[], long> words)
    {
        foreach (var (word, count) in words)
        {
            if (word.Length < 2)
                continue;
            _words.Add(([.. word.Select(b => (int)b)], count));
            CountPairs(_words.Count - 1, 1, only: -1);
        }
        foreach (var (pair, state) in _pairs)
            _heap.Enqueue(pair, new Candidate(pair.Left, pair.Right, state.Count));
    }

    private List<(int Left, int Right)> Learn(int merges)
    {
        var learned = new List<(int Left, int Right)>();
        var bytes = new List<byte[]>(ByteTokenizer.AllBytes.Select(b => new[] { b }));
        var tokens = new HashSet<byte[]>(bytes, ByteSpanComparer.Instance);
        while (learned.Count < merges && _heap.TryDequeue(out var pair, out var candidate))
        {
            var (left, right) = pair;
            var state = _pairs[pair];
            if (state.Count != candidate.Count)
            {
                // Merges have eaten into it since it was queued.
                if (state.Count > 0)
                    _heap.Enqueue(pair, new Candidate(left, right, state.Count));
                continue;
            }
            if (state.Count < 2)
                break;
            byte[] joined = [.. bytes[left], .. bytes[right]];
            if (!tokens.Add(joined))
                continue;
            var id = bytes.Count;
            bytes.Add(joined);
            learned.Add(pair);
            Merge(pair, state, id);
        }
        return learned;
    }

    /// <summary>Replaces a pair by a token in every word that holds it, and queues the pairs that arise.</summary>
    private void Merge((int Left, int Right) pair, Pair state, int id)
    {
        var arisen = new HashSet<(int Left, int Right)>();
        foreach (var word in state.Words)
        {
            var (tokens, count) = _words[word];
            var merged = Replace(tokens, pair, id);
            if (merged.Length == tokens.Length)
                continue;
            CountPairs(word, -1, only: -1);
            _words[word] = (merged, count);
            CountPairs(word, 1, only: id);
            for (var i = 1; i < merged.Length; i++)
                if (merged[i - 1] == id || merged[i] == id)
                    arisen.Add((merged[i - 1], merged[i]));
        }
        state.Words.Clear();
        foreach (var (left, right) in arisen)
            _heap.Enqueue((left, right), new Candidate(left, right, _pairs[(left, right)].Count));
    }

    /// <summary>Adds or takes away a word's pairs. Words are listed under a pair when it first arises: all of them, or those with a new token.</summary>
    private void CountPairs(int word, int sign, int only)
    {
        var (tokens, count) = _words[word];
        for (var i = 1; i < tokens.Length; i++)
        {
            var pair = (tokens[i - 1], tokens[i]);
            ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _);
            state ??= new Pair();
            state.Count += sign * count;
            if (sign > 0 && (only < 0 || pair.Item1 == only || pair.Item2 == only) && (state.Words.Count == 0 || state.Words[^1] != word))
                state.Words.Add(word);
        }
    }

    private static int[] Replace(int[] tokens, (int Left, int Right) pair, int id)
    {
        var length = 0;
        Span<int> merged = stackalloc int[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
            if (i + 1 < tokens.Length && tokens[i] == pair.Left && tokens[i + 1] == pair.Right)
            {
                merged[length++] = id;
                i++;
            }
            else
            {
                merged[length++] = tokens[i];
            }
        return length == tokens.Length ? tokens : merged[..length].ToArray();
    }
}
