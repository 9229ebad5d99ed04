namespace Anneal.Data.Tokenizer;

/// <summary>Which tokenizer a run uses.</summary>
public sealed record TokenizerConfig
{
    /// <summary>Byte-level BPE, or bytes alone.</summary>
    public TokenizerKind Kind { get; init; } = TokenizerKind.Bpe;

    /// <summary>Vocabulary with the 256 bytes and the end-of-text token (the last id); 257 to 65536. Bytes alone: always 257.</summary>
    public int Vocab { get; init; } = 1024;

    /// <summary>Longest run of digits in one token, 1 to 3.</summary>
    public int Digits { get; init; } = 3;
}

/// <summary>Kind of tokenizer.</summary>
public enum TokenizerKind
{
    /// <summary>Byte-level byte-pair encoding, trained on the train split.</summary>
    Bpe,

    /// <summary>One token a byte, and end-of-text.</summary>
    Bytes,
}
