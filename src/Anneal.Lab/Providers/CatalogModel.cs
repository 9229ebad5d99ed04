namespace Anneal.Lab.Providers;

/// <summary>A model as the models file describes it.</summary>
public sealed record CatalogModel
{
    /// <summary>Name as the provider knows it.</summary>
    public required string Name { get; init; }

    /// <summary><c>claude</c> or <c>openai</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>Price of its tokens; null where the file says none, and then no dollar is spent on it.</summary>
    public ModelPrice? Price { get; init; }

    /// <summary>Price of calls that read more than <see cref="LongFrom"/> tokens; null where it is the same.</summary>
    public ModelPrice? LongPrice { get; init; }

    /// <summary>Tokens read (caches included) above which the long price holds for the whole call.</summary>
    public long LongFrom { get; init; } = long.MaxValue;

    /// <summary>Day of the prices, <c>yyyy-MM-dd</c>.</summary>
    public string AsOf { get; init; } = "";

    /// <summary>Where the prices were read.</summary>
    public string Source { get; init; } = "";

    /// <summary>Most tokens that it reads and writes in a call.</summary>
    public int Context { get; init; } = 128_000;

    /// <summary>Most tokens that it writes in a call.</summary>
    public int MaxOutput { get; init; } = 16_384;

    /// <summary>Effort levels that it knows, lowest first; empty where it knows none.</summary>
    public IReadOnlyList<string> Efforts { get; init; } = [];

    /// <summary>Level that is asked for unless a sitting says otherwise; null asks for none.</summary>
    public string? Effort { get; init; }

    /// <summary>Whether a call may cost something.</summary>
    public bool IsPaid => Price is null || Price.AtMost(1, 1) > 0 || LongPrice is not null && LongPrice.AtMost(1, 1) > 0;

    /// <summary>Dollars of a call.</summary>
    /// <param name="usage">Its billed tokens.</param>
    public double Cost(ModelUsage usage) => PriceFor(usage.Input + usage.CacheRead + usage.CacheWrite).Of(usage);

    /// <summary>Most dollars that a call can cost.</summary>
    /// <param name="input">Most tokens that it reads.</param>
    /// <param name="output">Most tokens that it writes.</param>
    public double CostAtMost(long input, long output) => Math.Max(Priced.AtMost(input, output), PriceFor(input).AtMost(input, output));

    private ModelPrice Priced => Price ?? throw new InvalidOperationException($"model {Name} has no price");

    private ModelPrice PriceFor(long read) => read > LongFrom && LongPrice is not null ? LongPrice : Priced;
}
