namespace Anneal.Data.Dedup;

/// <summary>
/// A text as a set of overlapping five-word sequences, each a 32-bit hash. Words are runs of letters and digits; case is
/// folded and every digit counts as 0, so that texts that differ in a version or a width only are near duplicates.
/// </summary>
internal static class Shingles
{
    /// <summary>Words in a shingle.</summary>
    public const int Words = 5;

    /// <summary>The shingle hashes in text order, repeats included; a text of fewer than five words is one shingle.</summary>
    /// <param name="text">The text.</param>
    /// <param name="into">Cleared, then filled.</param>
    public static void Hash(ReadOnlySpan<char> text, List<uint> into)
    {
        into.Clear();
        Span<ulong> recent = stackalloc ulong[Words];
        recent.Clear();
        var words = 0;
        var word = Seed;
        foreach (var c in text)
        {
            var folded = Fold(c);
            if (folded != '\0')
                word = (word ^ folded) * Prime;
            else if (word != Seed)
                EndWord(recent);
        }
        if (word != Seed)
            EndWord(recent);
        if (words is > 0 and < Words)
            into.Add(Combine(recent, words));

        void EndWord(Span<ulong> last)
        {
            last[words++ % Words] = word;
            word = Seed;
            if (words >= Words)
                into.Add(Combine(last, words));
        }
    }

    private const ulong Seed = 14695981039346656037; // FNV-1a
    private const ulong Prime = 1099511628211;

    private static uint Combine(ReadOnlySpan<ulong> recent, int words)
    {
        var hash = 0UL;
        for (var i = 0; i < Words; i++)
            hash = (hash ^ recent[(words + i) % Words]) * 0x9E3779B97F4A7C15UL + (hash >> 29);
        hash ^= hash >> 32;
        return (uint)(hash * 0xD6E8FEB86659FD93UL >> 32);
    }

    /// <summary>Lower case for letters, 0 for digits, NUL for all that separates words.</summary>
    private static char Fold(char c)
    {
        if (char.IsAscii(c))
            return char.IsAsciiLetter(c) ? (char)(c | 0x20) : char.IsAsciiDigit(c) ? '0' : '\0';
        return char.IsLetter(c) || char.IsSurrogate(c) ? char.ToLowerInvariant(c) : char.IsNumber(c) ? '0' : '\0';
    }
}
