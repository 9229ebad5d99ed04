namespace Anneal.Server.Mcp;

/// <summary>Leave to do one job: how long it may take, and how its account is settled.</summary>
/// <param name="Seconds">It ends after so many, finished or not; infinite: no limit.</param>
/// <param name="Settle">Told what it really cost, once.</param>
internal sealed record Leave(double Seconds, Action<Cost> Settle)
{
    /// <summary>Does the job under its limit, and settles.</summary>
    /// <param name="work">The job; its token ends it.</param>
    /// <param name="cost">What its result cost, seconds aside: they are taken by the clock.</param>
    /// <param name="cancel">The caller gives up.</param>
    public async Task<T> DoAsync<T>(Func<CancellationToken, Task<T>> work, Func<T, Cost> cost, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (double.IsFinite(Seconds)) limit.CancelAfter(TimeSpan.FromSeconds(Math.Min(Seconds, int.MaxValue / 1000)));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var used = default(Cost);
        try
        {
            var result = await work(limit.Token);
            used = cost(result);
            return result;
        }
        finally
        {
            Settle(used with { Seconds = clock.Elapsed.TotalSeconds });
        }
    }
}
