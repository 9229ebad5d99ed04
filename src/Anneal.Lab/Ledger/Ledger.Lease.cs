using Anneal.Lab.Execution;
using Anneal.Runs;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>
    /// Takes the right to write, in the next epoch. A dead holder's lease passes on; what a stale holder still writes is refused.
    /// </summary>
    /// <param name="study">Study that will be run.</param>
    /// <exception cref="InputException">A living process holds it: the message names pid, host and since when.</exception>
    public Lease TakeLease(string study)
    {
        lock (gate)
        {
            if (lease is not null) throw new InputException(Directory, "this process already runs a study here.");
            try
            {
                return lease = new Lease(this, Transact(connection, () => NextEpoch(study)));
            }
            catch (SqliteException e)
            {
                throw Explain(e, Path);
            }
        }
    }

    private long NextEpoch(string study)
    {
        if (Holder() is { IsAlive: true } holder)
            throw new InputException(Directory, $"is in use: process {holder.Process.Pid} on {holder.Host} runs study '{holder.Study}' since {holder.Since}. Wait for it, stop it, or choose another lab with --lab DIR.");
        var me = ProcessIdentity.Current;
        return connection.QuerySingle<long>(
            """
            UPDATE lease SET epoch = epoch + 1, study = @study, pid = @Pid, process_start = @Start, host = @host, since = @now, heartbeat = @now
            RETURNING epoch
            """, new { study, me.Pid, me.Start, host = Environment.MachineName, now = Now() });
    }

    /// <summary>Who holds the lease, dead or alive; null when it was given back.</summary>
    public LeaseHolder? ReadHolder() => Read(_ => Holder());

    internal void Beat()
    {
        try
        {
            Write("UPDATE lease SET heartbeat = @now", new { now = Now() });
        }
        catch (Exception e) when (e is InputException or SqliteException or ObjectDisposedException or InvalidOperationException)
        {
            // The next write that matters meets the same obstacle and says so.
        }
    }

    internal void Release(Lease given)
    {
        lock (gate)
        {
            if (lease != given) return;
            lease = null;
            try
            {
                connection.Execute("UPDATE lease SET study = NULL, pid = NULL, process_start = NULL, host = NULL WHERE epoch = @Epoch", given);
            }
            catch (SqliteException)
            {
                // A full disk, for one. The lease of a process that is gone passes on all the same.
            }
        }
    }

    private LeaseHolder? Holder()
    {
        var row = connection.QuerySingle("SELECT epoch, study, pid, process_start, host, since, heartbeat FROM lease");
        return row.pid is null ? null : new LeaseHolder((long)row.epoch, (string)row.study, new ProcessIdentity((int)(long)row.pid, (string)row.process_start), (string)row.host, (string)row.since, (string)row.heartbeat);
    }

    private void CheckEpoch()
    {
        if (lease is null) throw new InvalidOperationException("the ledger is written under a lease; take it first");
        var epoch = connection.ExecuteScalar<long>("SELECT epoch FROM lease");
        if (epoch != lease.Epoch)
            throw new InputException(Directory, $"this process lost the lab: it held epoch {lease.Epoch}, another took epoch {epoch}. Nothing more is written from here.");
    }
}
