using Anneal.Lab.Providers;

namespace Anneal.Lab.Ledger;

/// <summary>What a study's calls to language models come to.</summary>
/// <param name="Calls">Sent, retries included.</param>
/// <param name="Answered">With an answer.</param>
/// <param name="Failed">Refused by the provider, or never reached; nothing is charged.</param>
/// <param name="Uncertain">Lost after they were sent, or under way; charged at their reservations.</param>
/// <param name="Usage">Billed tokens of the answers.</param>
/// <param name="Usd">Dollars, uncertain calls included.</param>
/// <param name="UncertainUsd">Dollars of the uncertain calls alone.</param>
public sealed record CallTotals(int Calls, int Answered, int Failed, int Uncertain, ModelUsage Usage, double Usd, double UncertainUsd)
{
    /// <summary>Share of the tokens read that came from a cache, 0 to 1.</summary>
    public double CacheHitShare => Usage.CacheHitShare;
}
