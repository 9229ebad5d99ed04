namespace Anneal.Engine.Layers;

/// <summary>Row of a packed projection: H query heads, then KvHeads key heads, then KvHeads value heads, each D wide.</summary>
/// <param name="Sequences">B, sequences of the batch.</param>
/// <param name="Context">T, tokens of a sequence.</param>
/// <param name="Heads">H, query heads.</param>
/// <param name="KvHeads">Key and value heads.</param>
/// <param name="HeadWidth">D, even.</param>
internal readonly record struct QkvShape(int Sequences, int Context, int Heads, int KvHeads, int HeadWidth)
{
    /// <summary>Floats of a row.</summary>
    public int Columns => (Heads + 2 * KvHeads) * HeadWidth;

    /// <summary>Rows, B * T.</summary>
    public int Tokens => Sequences * Context;

    /// <summary>Where the keys begin in a row.</summary>
    public int Keys => Heads * HeadWidth;

    /// <summary>Where the values begin in a row.</summary>
    public int Values => (Heads + KvHeads) * HeadWidth;

    /// <summary>Queries and keys, which are neighbours and treated alike by rope and QK norm.</summary>
    public int QueryKeyHeads => Heads + KvHeads;
}
