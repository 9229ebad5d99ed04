using Anneal.Engine.Tensors;

namespace Anneal.Engine.Shards;

/// <summary>
/// The order of passages within an epoch. Every (epoch, passage, copy) has a random key of its own, and an epoch is its
/// passages sorted by key: leaving some passages out, or weighting them up, does not move the others against each other.
/// </summary>
internal sealed class PassageOrder
{
    private readonly ulong seed;
    private readonly float[]? weights;
    private readonly int passages;
    private readonly ulong[] keys;
    private readonly int[] order;

    public PassageOrder(int passages, long seed, float[]? weights)
    {
        this.passages = passages;
        this.weights = weights;
        this.seed = CounterRandom.Key(seed, "passage order");
        var most = passages;
        if (weights is not null)
        {
            most = 0;
            foreach (var weight in weights) most += (int)MathF.Ceiling(weight);
        }

        keys = new ulong[most];
        order = new int[most];
    }

    /// <summary>Passages of the epoch last shuffled, in order; a passage of weight 2 stands twice.</summary>
    public ReadOnlySpan<int> Passages => order.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Draws an epoch: a passage of weight w appears floor(w) times, and once more with probability w - floor(w).</summary>
    public void Shuffle(long epoch)
    {
        Count = 0;
        for (var passage = 0; passage < passages; passage++)
        {
            var copies = Copies(epoch, passage);
            for (var copy = 0; copy < copies; copy++)
            {
                keys[Count] = Key(epoch, passage, copy);
                order[Count++] = passage;
            }
        }

        Array.Sort(keys, order, 0, Count);
    }

    private int Copies(long epoch, int passage)
    {
        if (weights is null) return 1;
        var whole = (int)weights[passage];
        var rest = weights[passage] - whole;
        if (rest <= 0) return whole;
        var draw = CounterRandom.Uniform(CounterRandom.Combine(seed, (ulong)epoch), ~(ulong)passage);
        return draw < rest ? whole + 1 : whole;
    }

    private ulong Key(long epoch, int passage, int copy) =>
        CounterRandom.Bits(CounterRandom.Combine(seed, (ulong)epoch), ((ulong)copy << 32) | (uint)passage);
}
