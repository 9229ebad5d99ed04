using Anneal.Lab.Execution;

namespace Anneal.Lab.Ledger;

/// <summary>The right to write a lab's ledger. Dispose gives it back; a holder that dies loses it to the next who asks.</summary>
public sealed class Lease : IDisposable
{
    // A holder on another machine cannot be looked at; it is taken for dead after this silence.
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan beat = TimeSpan.FromSeconds(5);

    private readonly Ledger ledger;
    private readonly Timer heartbeat;
    private bool given;

    internal Lease(Ledger ledger, long epoch)
    {
        this.ledger = ledger;
        Epoch = epoch;
        heartbeat = new Timer(_ => ledger.Beat(), null, beat, beat);
    }

    /// <summary>Number of this tenure; it grows by one with each.</summary>
    public long Epoch { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (given) return;
        given = true;
        heartbeat.Dispose();
        ledger.Release(this);
    }
}

/// <summary>Who holds the lease.</summary>
/// <param name="Epoch">Tenure.</param>
/// <param name="Study">Study that it runs.</param>
/// <param name="Process">The process.</param>
/// <param name="Host">Its machine.</param>
/// <param name="Since">UTC, ISO 8601.</param>
/// <param name="Heartbeat">Last sign of life, UTC, ISO 8601.</param>
public sealed record LeaseHolder(long Epoch, string Study, ProcessIdentity Process, string Host, string Since, string Heartbeat)
{
    /// <summary>It runs: looked at where it is on this machine, else believed for a minute after its last heartbeat.</summary>
    public bool IsAlive => Host == Environment.MachineName
        ? Process.IsAlive
        : DateTime.UtcNow - DateTime.Parse(Heartbeat).ToUniversalTime() < Lease.Silence;
}
