namespace Anneal.Lab.Ledger;

/// <summary>What a pair of runs compares.</summary>
public enum PairKind
{
    /// <summary>The baseline with itself under another initialisation.</summary>
    Null,

    /// <summary>The baseline with itself at 1.0001 times the learning rate.</summary>
    Nudge,

    /// <summary>Champion and change.</summary>
    Confirm,

    /// <summary>Baseline and champion on the test split.</summary>
    Sealed,
}
