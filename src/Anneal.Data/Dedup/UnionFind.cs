namespace Anneal.Data.Dedup;

/// <summary>Disjoint sets over 0..n-1; a set is named by its least member.</summary>
internal sealed class UnionFind(int count)
{
    private readonly int[] _parent = [.. Enumerable.Range(0, count)];

    /// <summary>The least member of the set that holds x.</summary>
    public int Find(int x)
    {
        while (_parent[x] != x)
            x = _parent[x] = _parent[_parent[x]];
        return x;
    }

    /// <summary>Joins the sets of a and b.</summary>
    public void Union(int a, int b)
    {
        (a, b) = (Find(a), Find(b));
        _parent[Math.Max(a, b)] = Math.Min(a, b);
    }
}
