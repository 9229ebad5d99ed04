namespace Anneal.Lab.Providers;

/// <summary>What tokens cost, in US dollars per million.</summary>
/// <param name="Input">Read, neither from a cache nor into one.</param>
/// <param name="Output">Written, thinking included.</param>
/// <param name="CacheWrite">Read and kept for five minutes; the input price where the provider asks no more.</param>
/// <param name="CacheRead">Read again while kept.</param>
public sealed record ModelPrice(double Input, double Output, double CacheWrite, double CacheRead)
{
    private const double Million = 1e6;

    /// <summary>Nothing is asked for.</summary>
    public static ModelPrice Free { get; } = new(0, 0, 0, 0);

    /// <summary>Dollars of a call.</summary>
    /// <param name="usage">Its billed tokens.</param>
    public double Of(ModelUsage usage) =>
        (usage.Input * Input + usage.Output * Output + usage.CacheWrite * CacheWrite + usage.CacheRead * CacheRead) / Million;

    /// <summary>Most dollars that a call can cost.</summary>
    /// <param name="input">Most tokens that it reads.</param>
    /// <param name="output">Most tokens that it writes.</param>
    public double AtMost(long input, long output) => (input * Math.Max(Input, Math.Max(CacheWrite, CacheRead)) + output * Output) / Million;
}
