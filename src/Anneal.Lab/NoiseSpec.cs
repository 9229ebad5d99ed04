namespace Anneal.Lab;

/// <summary>Runs that only measure: the baseline's seeds, the null pairs, the sealed comparison.</summary>
public sealed record NoiseSpec
{
    /// <summary>Null pairs: same data order, another initialisation. Their first arms are the baseline's seeds.</summary>
    public int NullPairs { get; init; } = 4;

    /// <summary>Pairs with the same initialisation and the learning rate times 1.0001.</summary>
    public int NudgePairs { get; init; } = 2;

    /// <summary>Seeds of champion and baseline on the sealed test split.</summary>
    public int SealedPairs { get; init; } = 4;
}
