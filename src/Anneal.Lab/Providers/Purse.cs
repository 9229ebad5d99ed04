namespace Anneal.Lab.Providers;

/// <summary>
/// Dollars with a hard limit, for several calls at once: what a call may cost is set aside before it is sent, so that spent
/// and reserved together never pass the limit, whatever the answers say.
/// </summary>
/// <param name="limit">Dollars; null: none.</param>
/// <param name="spent">Dollars of earlier sittings.</param>
internal sealed class Purse(double? limit, double spent)
{
    private readonly Lock gate = new();
    private TaskCompletionSource settlement = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int open;

    /// <summary>Dollars spent.</summary>
    public double Spent { get; private set; } = spent;

    /// <summary>Dollars set aside for calls under way.</summary>
    public double Reserved { get; private set; }

    /// <summary>Dollars neither spent nor set aside; infinite without a limit.</summary>
    public double Left
    {
        get
        {
            lock (gate) return Free;
        }
    }

    /// <summary>Ends when a reservation is settled next; null where none is open, and waiting would be for nothing.</summary>
    public Task? NextSettlement
    {
        get
        {
            lock (gate) return open == 0 ? null : settlement.Task;
        }
    }

    /// <summary>Sets dollars aside, or says that they are not there.</summary>
    public bool TryReserve(double usd)
    {
        lock (gate)
        {
            if (usd > Free) return false;
            Reserved += usd;
            open++;
            return true;
        }
    }

    /// <summary>Replaces a reservation by what was paid.</summary>
    public void Settle(double reserved, double paid)
    {
        TaskCompletionSource settled;
        lock (gate)
        {
            // Sums of unlike numbers leave a crumb; none is left when nothing is open.
            Reserved = --open == 0 ? 0 : Reserved - reserved;
            Spent += paid;
            (settled, settlement) = (settlement, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        settled.SetResult();
    }

    private double Free => limit is { } most ? most - Spent - Reserved : double.PositiveInfinity;
}
