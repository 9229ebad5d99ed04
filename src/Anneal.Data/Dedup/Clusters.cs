namespace Anneal.Data.Dedup;

/// <summary>
/// What the split may not tear apart: documents of one group, documents that are related, and documents related to the same
/// one that was removed.
/// </summary>
internal sealed class Clusters
{
    private readonly List<string> _groups = []; // by document
    private readonly List<(int, int)> _related = [];
    private readonly List<(string Group, int Document)> _relatedGroups = [];

    /// <summary>Adds a kept document under the next number, from 0.</summary>
    public int Add(string group)
    {
        _groups.Add(group);
        return _groups.Count - 1;
    }

    /// <summary>Joins a kept document with earlier ones that resemble it.</summary>
    public void Relate(int document, IEnumerable<int> kin) => _related.AddRange(kin.Select(k => (document, k)));

    /// <summary>Joins what resembles a document that was removed: with each other, and with the rest of its group.</summary>
    public void RelateRemoved(string group, IReadOnlyList<int> kin)
    {
        Relate(kin[0], kin.Skip(1));
        _relatedGroups.Add((group, kin[0]));
    }

    /// <summary>The cluster of each document, named by a document in it.</summary>
    /// <param name="wholeGroups">False lets the documents of a group part, for a corpus of too few groups.</param>
    public int[] Find(bool wholeGroups)
    {
        var sets = new UnionFind(_groups.Count);
        foreach (var (a, b) in _related)
            sets.Union(a, b);
        if (wholeGroups)
        {
            var first = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < _groups.Count; i++)
                if (!first.TryAdd(_groups[i], i))
                    sets.Union(first[_groups[i]], i);
            foreach (var (group, document) in _relatedGroups)
                if (first.TryGetValue(group, out var member))
                    sets.Union(member, document);
        }
        return [.. Enumerable.Range(0, _groups.Count).Select(sets.Find)];
    }
}
