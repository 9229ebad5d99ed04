namespace Anneal.Lab.Research;

/// <summary>A researcher that is there has no proposal to give: the model failed, the money is used up, or it says that it is done.</summary>
/// <param name="reason">Why, in a sentence.</param>
/// <param name="inner">What was thrown below.</param>
public sealed class ResearcherAbsentException(string reason, Exception? inner = null) : Exception(reason, inner);

/// <summary>When a source that gave nothing is asked again.</summary>
internal static class Absence
{
    private const int Longest = 16;

    /// <summary>
    /// Whether a source is to be asked at all: after two turns in a row with nothing it pauses for 2 proposals, after three for
    /// 4, and so on up to 16, so that a model that is away costs next to nothing.
    /// </summary>
    /// <param name="source">The source.</param>
    /// <param name="before">All proposals before, in order.</param>
    public static bool IsOver(string source, IReadOnlyList<Proposal> before)
    {
        int run = 0, since = 0;
        for (var i = before.Count - 1; i >= 0; i--)
        {
            if (ProposalSource.Of(before[i]) == source) break;
            if (before[i].InsteadOf is null || before[i].AskedOf != source) continue;
            if (run++ == 0) since = before.Count - 1 - i;
        }
        return run < 2 || since >= Math.Min(Longest, 1 << (run - 1));
    }
}
