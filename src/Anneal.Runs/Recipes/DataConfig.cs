namespace Anneal.Runs.Recipes;

/// <summary>What the run reads, in which order.</summary>
public sealed record DataConfig
{
    /// <summary><c>dotnet-docs</c>, <c>man-pages</c>, or a path to text.</summary>
    public string Corpus { get; init; } = "dotnet-docs";

    /// <summary>Tokens a step; a multiple of the model's context.</summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>Weight by domain; empty means every document once an epoch, as it comes.</summary>
    public IReadOnlyDictionary<string, double> Mixture { get; init; } = new Dictionary<string, double>();

    /// <summary>Seed of the document order; null takes the recipe's seed.</summary>
    public long? OrderSeed { get; init; }
}
