namespace Anneal.Runs;

/// <summary>Finds the word that was probably meant.</summary>
public static class NearestWord
{
    /// <summary>
    /// The candidate at the least edit distance (insertions, deletions, substitutions and swaps of neighbours, each 1),
    /// or null where none is closer than about a third of the word. Ties go to the earlier candidate.
    /// </summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            // A word of one or two letters may be off by one, a longer one by a third; a common start earns one more.
            var allowed = Math.Max(1, Math.Max(word.Length, candidate.Length) / 3) + (SharedStart(word, candidate) >= 3 ? 1 : 0);
            if (distance <= allowed && distance < least) (nearest, least) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>The sentence <c>did you mean `word`?</c>, or the list of valid words where nothing is near.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> candidates)
    {
        if (Find(word, candidates) is { } nearest) return $"did you mean `{nearest}`?";
        return candidates.Count == 0 ? "none is expected here" : $"expected one of {string.Join(", ", candidates)}";
    }

    /// <summary>Optimal string alignment distance.</summary>
    internal static int Distance(string a, string b)
    {
        var (before, last, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(substitute, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last, row) = (last, row, before);
        }
        return last[b.Length];
    }

    private static int SharedStart(string a, string b) => a.AsSpan().CommonPrefixLength(b);
}
