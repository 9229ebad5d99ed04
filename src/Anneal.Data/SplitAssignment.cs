using System.Security.Cryptography;
using System.Text;

namespace Anneal.Data;

/// <summary>
/// Puts clusters on sides by a seeded hash of their names, so that the order of reading does not matter and a corpus that
/// grows a little splits almost as before.
/// </summary>
internal static class SplitAssignment
{
    /// <summary>A cluster larger than this part of a side's quota would dominate the side, and goes to train.</summary>
    private const int LargestPart = 8;

    /// <summary>The side of each cluster.</summary>
    /// <param name="clusters">Name and bytes of each.</param>
    /// <param name="options">Seed and held-out shares.</param>
    /// <exception cref="CorpusException">Fewer than three clusters: some side would be empty.</exception>
    public static Split[] Assign(IReadOnlyList<(string Name, long Bytes)> clusters, CorpusOptions options)
    {
        if (clusters.Count < 3)
            throw new CorpusException(
                $"the text falls into {clusters.Count} independent part{(clusters.Count == 1 ? "" : "s")}; train, validation and test need at least 3. Give more or other text");
        var sides = new Split[clusters.Count];
        var order = Enumerable.Range(0, clusters.Count).OrderBy(i => Hash(options.Seed, clusters[i].Name)).ToArray();
        var total = clusters.Sum(c => c.Bytes);
        Fill(Split.Validation, options.Validation);
        Fill(Split.Test, options.Test);
        return sides;

        void Fill(Split side, double share)
        {
            var quota = (long)(total * share);
            var bytes = 0L;
            var spare = sides.Count(s => s == Split.Train) - (side == Split.Validation ? 2 : 1); // train, and test, need one each
            // Small clusters first; where there are only large ones, those that fit; at the least, the smallest.
            foreach (var largest in (ReadOnlySpan<long>)[quota / LargestPart, quota])
                foreach (var i in order)
                    if (sides[i] == Split.Train && clusters[i].Bytes <= largest && bytes + clusters[i].Bytes <= quota && spare > 0)
                        Take(i);
            if (bytes == 0)
                Take(order.Where(i => sides[i] == Split.Train).MinBy(i => clusters[i].Bytes));

            void Take(int cluster)
            {
                sides[cluster] = side;
                bytes += clusters[cluster].Bytes;
                spare--;
            }
        }
    }

    /// <summary>
    /// Held-out documents in an order of which every beginning is a fair sample: each domain's documents, shuffled, are spread
    /// evenly over the whole.
    /// </summary>
    public static List<T> Interleave<T>(IEnumerable<T> documents, Func<T, string> domain, Func<T, string> id, long seed)
    {
        var placed = new List<(double Place, T Document)>();
        foreach (var slice in documents.GroupBy(domain, StringComparer.Ordinal))
        {
            var shuffled = slice.OrderBy(d => Hash(seed, id(d))).ThenBy(id, StringComparer.Ordinal).ToList();
            var offset = (double)Hash(seed, slice.Key) / ulong.MaxValue;
            placed.AddRange(shuffled.Select((d, rank) => ((rank + offset) / shuffled.Count, d)));
        }
        return [.. placed.OrderBy(p => p.Place).ThenBy(p => id(p.Document), StringComparer.Ordinal).Select(p => p.Document)];
    }

    private static ulong Hash(long seed, string name) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{name}")));
}
