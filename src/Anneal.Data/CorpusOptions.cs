namespace Anneal.Data;

/// <summary>How a corpus is prepared.</summary>
public sealed record CorpusOptions
{
    /// <summary>Seed of the split and of the held-out order. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Share of the bytes that is held out for validation. Default 0.05; above 0, at most 0.4.</summary>
    public double Validation { get; init; } = 0.05;

    /// <summary>Share of the bytes that is sealed for the test. Default 0.05; above 0, at most 0.4.</summary>
    public double Test { get; init; } = 0.05;

    /// <summary>
    /// Longest document that a plain text file gives, in characters; a longer file is cut at paragraphs, then lines.
    /// Default 8192, at least 256.
    /// </summary>
    public int LongestDocument { get; init; } = 8192;

    internal void Check()
    {
        if (!(Validation > 0 && Validation <= 0.4) || !(Test > 0 && Test <= 0.4))
            throw new CorpusException($"validation {Validation} and test {Test}: each held-out share must be above 0 and at most 0.4");
        if (LongestDocument < 256)
            throw new CorpusException($"longest document {LongestDocument}: must be at least 256 characters");
    }
}
