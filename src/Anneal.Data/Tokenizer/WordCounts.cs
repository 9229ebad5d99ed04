using System.Runtime.InteropServices;

namespace Anneal.Data.Tokenizer;

/// <summary>How often each word of a text occurs; all that BPE training needs to know of it.</summary>
internal sealed class WordCounts(int digits)
{
    /// <summary>Longer "words" (base64, rulers, runs of blanks) have no vote: they would cost much and teach nothing.</summary>
    public const int LongestWord = 256;

    private readonly Dictionary<byte[], long> _counts = new(ByteSpanComparer.Instance);

    /// <summary>Words and their counts.</summary>
    public IReadOnlyDictionary<byte[], long> Counts => _counts;

    /// <summary>Counts the words of a text.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        var counts = _counts.GetAlternateLookup<ReadOnlySpan<byte>>();
        while (text.Length > 0)
        {
            var length = WordSplit.Next(text, digits);
            if (length <= LongestWord)
                CollectionsMarshal.GetValueRefOrAddDefault(counts, text[..length], out _)++;
            text = text[length..];
        }
    }
}
