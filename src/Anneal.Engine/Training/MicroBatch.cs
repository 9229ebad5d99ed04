namespace Anneal.Engine.Training;

/// <summary>
/// A batch is run in equal micro-batches whose activations stay near the cache; their gradients add up. The split depends on
/// the shape alone, never on the machine, so that results are comparable.
/// </summary>
internal static class MicroBatch
{
    private const int MaxTokens = 2048;

    /// <summary>Sequences of a micro-batch: the largest divisor of the batch that stays within the token limit, at least one.</summary>
    public static int Sequences(int sequences, int context)
    {
        for (var count = sequences; count > 1; count--)
            if (sequences % count == 0 && (long)count * context <= MaxTokens) return count;
        return 1;
    }
}
