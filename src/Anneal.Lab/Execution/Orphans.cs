using Anneal.Lab.Ledger;
using Anneal.Runs;

namespace Anneal.Lab.Execution;

/// <summary>Children that an earlier sitting left behind: dead, or ended now, before anything of theirs is reused.</summary>
internal static class Orphans
{
    private static readonly TimeSpan deathIsSlow = TimeSpan.FromSeconds(10);

    // A worker without a lease ends after ten seconds at the latest; half as much again for a slow machine.
    private static readonly TimeSpan leaseless = TimeSpan.FromSeconds(15);

    /// <summary>Sees to it that no child of an earlier sitting lives.</summary>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InputException">A child cannot be ended.</exception>
    public static async Task EndAsync(Ledger.Ledger ledger, CancellationToken cancel)
    {
        foreach (var attempt in ledger.ReadOpenAttempts())
        {
            foreach (var process in await ChildrenOfAsync(ledger, attempt, cancel)) await EndAsync(ledger, process, cancel);
            ledger.EndAttempt(attempt.Id, "ended with its study");
        }
    }

    private static async Task<IEnumerable<ProcessIdentity>> ChildrenOfAsync(Ledger.Ledger ledger, OpenAttempt attempt, CancellationToken cancel)
    {
        if (attempt.Process is { } known) return [known];
        if (ProcessIdentity.FindByArgument(Path.Combine(ledger.Directory, "runs", attempt.Run)) is { } found) return found;
        // Nobody can name it, but its lease is closed: it ends by itself.
        var left = attempt.Started + leaseless - DateTime.UtcNow;
        if (left > TimeSpan.Zero) await Task.Delay(left < leaseless ? left : leaseless, cancel);
        return [];
    }

    private static async Task EndAsync(Ledger.Ledger ledger, ProcessIdentity process, CancellationToken cancel)
    {
        process.Kill();
        for (var waited = TimeSpan.Zero; process.IsAlive; waited += TimeSpan.FromMilliseconds(20))
        {
            if (waited > deathIsSlow) throw new InputException(ledger.Directory, $"process {process.Pid}, a run that an earlier sitting left behind, cannot be ended. End it and try again.");
            await Task.Delay(20, cancel);
        }
    }
}
