namespace Anneal.Runs.Monitoring.Episodes;

/// <summary>Warnings that a run may give: few of one detector and few in all within a thousand steps, so that a noisy run cannot flood its reader.</summary>
internal sealed class WarningBudget
{
    private const int Window = 1000, MostOfOne = 3, MostInAll = 8;

    private readonly Queue<(long At, string Detector)> given = new(MostInAll);

    /// <summary>The last one allowed was given.</summary>
    public bool IsSpent => given.Count == MostInAll;

    /// <summary>Whether one more may be given; then it is.</summary>
    /// <param name="now">Observations so far.</param>
    /// <param name="detector">Who warns.</param>
    public bool Spend(long now, string detector)
    {
        while (given.TryPeek(out var first) && first.At <= now - Window) given.Dequeue();
        var ofOne = 0;
        foreach (var (_, who) in given)
            if (who == detector) ofOne++;
        if (IsSpent || ofOne >= MostOfOne) return false;
        given.Enqueue((now, detector));
        return true;
    }
}
