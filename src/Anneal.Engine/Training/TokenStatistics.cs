using Anneal.Engine.Tensors;

namespace Anneal.Engine.Training;

/// <summary>Fingerprint and entropy of a batch.</summary>
internal sealed class TokenStatistics(int vocab)
{
    private readonly int[] counts = new int[vocab];

    public ulong Hash { get; private set; }

    /// <summary>Entropy of the token frequencies, in nats.</summary>
    public double Entropy { get; private set; }

    public void Measure(ReadOnlySpan<int> tokens)
    {
        Array.Clear(counts);
        var hash = (ulong)tokens.Length;
        foreach (var token in tokens)
        {
            hash = CounterRandom.Combine(hash, (ulong)token);
            counts[token]++;
        }

        double sum = 0; // of n ln n
        foreach (var count in counts)
            if (count > 1) sum += count * Math.Log(count);
        Hash = hash;
        Entropy = Math.Max(0, Math.Log(tokens.Length) - sum / tokens.Length);
    }
}
