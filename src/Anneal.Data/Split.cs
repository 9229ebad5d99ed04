namespace Anneal.Data;

/// <summary>A side of the corpus.</summary>
public enum Split
{
    /// <summary>What runs learn from, and the tokenizer too.</summary>
    Train,

    /// <summary>What a study measures on, again and again.</summary>
    Validation,

    /// <summary>Sealed: opened once per study, at its end.</summary>
    Test,
}
