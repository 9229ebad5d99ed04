using Anneal.Engine.Tensors;

namespace Anneal.Engine.Shards;

/// <summary>
/// The order of documents within an epoch. Every (epoch, document, copy) has a random key of its own, and an epoch is its
/// documents sorted by key: leaving some documents out, or weighting them up, does not move the others against each other.
/// </summary>
internal sealed class DocumentOrder
{
    private readonly ulong seed;
    private readonly float[]? weights;
    private readonly int documents;
    private readonly ulong[] keys;
    private readonly int[] order;

    public DocumentOrder(int documents, long seed, float[]? weights)
    {
        this.documents = documents;
        this.weights = weights;
        this.seed = CounterRandom.Key(seed, "document order");
        var most = documents;
        if (weights is not null)
        {
            most = 0;
            foreach (var weight in weights) most += (int)MathF.Ceiling(weight);
        }

        keys = new ulong[most];
        order = new int[most];
    }

    /// <summary>Documents of the epoch last shuffled, in order; a document of weight 2 stands twice.</summary>
    public ReadOnlySpan<int> Documents => order.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Draws an epoch: a document of weight w appears floor(w) times, and once more with probability w - floor(w).</summary>
    public void Shuffle(long epoch)
    {
        Count = 0;
        for (var document = 0; document < documents; document++)
        {
            var copies = Copies(epoch, document);
            for (var copy = 0; copy < copies; copy++)
            {
                keys[Count] = Key(epoch, document, copy);
                order[Count++] = document;
            }
        }

        Array.Sort(keys, order, 0, Count);
    }

    private int Copies(long epoch, int document)
    {
        if (weights is null) return 1;
        var whole = (int)weights[document];
        var rest = weights[document] - whole;
        if (rest <= 0) return whole;
        var draw = CounterRandom.Uniform(CounterRandom.Combine(seed, (ulong)epoch), ~(ulong)document);
        return draw < rest ? whole + 1 : whole;
    }

    private ulong Key(long epoch, int document, int copy) =>
        CounterRandom.Bits(CounterRandom.Combine(seed, (ulong)epoch), ((ulong)copy << 32) | (uint)document);
}
