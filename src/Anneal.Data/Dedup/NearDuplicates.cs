namespace Anneal.Data.Dedup;

/// <summary>
/// Finds earlier texts that resemble a new one, by locality-sensitive hashing: signatures are cut into 28 bands of 4 lanes,
/// and texts that agree on a whole band are compared. A pair of Jaccard similarity s meets with probability
/// 1 - (1 - s^4)^28: 0.84 at 0.5, 0.98 at 0.6, above 0.9999 at 0.8. The comparison of whole signatures then decides, so that
/// chance meetings cost time only.
/// </summary>
internal sealed class NearDuplicates
{
    /// <summary>From this estimated similarity on, the later text is a near duplicate. The midpoint of the customary 14 x 8 banding.</summary>
    public const double Duplicate = 0.72;

    /// <summary>From this estimated similarity on, two texts stay on one side of the split.</summary>
    public const double Related = 0.5;

    private const int Bands = 28;
    private const int Rows = MinHash.Lanes / Bands;

    // Only the latest texts of a bucket are compared: a band shared by more is boilerplate, and all pairs would be quadratic.
    private const int Longest = 64;

    private readonly Dictionary<ulong, int> _latest = []; // bucket -> the latest entry in it; entry = text * Bands + band
    private readonly List<int> _earlier = [];             // entry -> the entry before it in its bucket, or -1
    private readonly List<uint[]> _signatures = [];
    private readonly HashSet<int> _candidates = [];

    /// <summary>Adds a text under the next number, from 0.</summary>
    public void Add(ReadOnlySpan<uint> signature)
    {
        for (var band = 0; band < Bands; band++)
        {
            var key = Key(signature, band);
            _earlier.Add(_latest.TryGetValue(key, out var before) ? before : -1);
            _latest[key] = _earlier.Count - 1;
        }
        _signatures.Add(signature.ToArray());
    }

    /// <summary>The added texts at least <see cref="Related"/> to a signature, in order of number, with their estimated similarity.</summary>
    public List<(int Text, double Similarity)> Find(ReadOnlySpan<uint> signature)
    {
        _candidates.Clear();
        for (var band = 0; band < Bands; band++)
        {
            var entry = _latest.GetValueOrDefault(Key(signature, band), -1);
            for (var i = 0; i < Longest && entry >= 0; i++, entry = _earlier[entry])
                _candidates.Add(entry / Bands);
        }
        var found = new List<(int, double)>();
        foreach (var candidate in _candidates.Order())
            if (MinHash.Similarity(_signatures[candidate], signature) is >= Related and var similarity)
                found.Add((candidate, similarity));
        return found;
    }

    private static ulong Key(ReadOnlySpan<uint> signature, int band)
    {
        var key = (ulong)band;
        foreach (var lane in signature.Slice(band * Rows, Rows))
            key = (key ^ lane) * 0x9E3779B97F4A7C15UL + (key >> 31);
        return key;
    }
}
