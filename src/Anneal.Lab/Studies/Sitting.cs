using System.Diagnostics;
using Anneal.Runs;

namespace Anneal.Lab.Studies;

/// <summary>
/// One process's time at a study: keeps count of the seconds over all sittings, ends the work when the limit or the person
/// says so, and records how it ended.
/// </summary>
internal sealed class Sitting : IDisposable
{
    // A kill loses at most this much of the clock.
    private static readonly TimeSpan tick = TimeSpan.FromSeconds(2);

    private readonly Ledger.Ledger ledger;
    private readonly StudySpec spec;
    private readonly CancellationToken person;
    private readonly CancellationTokenSource stop;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly double before;
    private Timer? timer;
    private long number;

    /// <summary>Starts the clock.</summary>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="spec">Supplies the limit in seconds.</param>
    /// <param name="person">Ctrl+C.</param>
    public Sitting(Ledger.Ledger ledger, StudySpec spec, CancellationToken person)
    {
        (this.ledger, this.spec, this.person) = (ledger, spec, person);
        before = ledger.SecondsSpent(spec.Study);
        stop = CancellationTokenSource.CreateLinkedTokenSource(person);
        if (spec.Budget.Seconds is not null) stop.CancelAfter(Left);
    }

    /// <summary>Cancelled by the person or by the limit in seconds.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>Seconds over all sittings, this one included.</summary>
    public double Seconds => before + clock.Elapsed.TotalSeconds;

    private TimeSpan Left => TimeSpan.FromSeconds(Math.Clamp(spec.Budget.Seconds!.Value - Seconds, 0, int.MaxValue / 1000));

    /// <summary>Records the sitting, once the study is in the ledger.</summary>
    public void Begin()
    {
        number = ledger.BeginSitting(spec.Study, spec.Budget.Seconds, spec.Budget.Usd);
        timer = new Timer(_ => Extend(), null, TimeSpan.Zero, tick);
    }

    /// <summary>A token that is also cancelled when only so many seconds are left; without a limit, never.</summary>
    /// <param name="seconds">Kept for what follows.</param>
    public CancellationTokenSource WithReserve(double seconds)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        if (spec.Budget.Seconds is not null) source.CancelAfter(TimeSpan.FromSeconds(Math.Max(0, Left.TotalSeconds - seconds)));
        return source;
    }

    /// <summary>Does the work and records how it ended.</summary>
    /// <param name="work">Returns a closing sentence.</param>
    /// <returns>The closing sentence, of the work or of the interruption.</returns>
    public async Task<string> WorkAsync(Func<Sitting, Task<string>> work)
    {
        try
        {
            var reason = await work(this);
            End("done");
            return reason;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            End("interrupted");
            return person.IsCancellationRequested
                ? $"Interrupted; the state is saved. Go on with `anneal study resume {spec.Study}`."
                : $"The budget of {spec.Budget.Seconds} seconds is used up; the state is saved. Raise budget.seconds in the study's file and run it again to go on.";
        }
        catch
        {
            End("failed");
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        timer?.Dispose();
        stop.Dispose();
    }

    private void End(string outcome)
    {
        timer?.Dispose();
        try
        {
            ledger.ExtendSitting(number, clock.Elapsed.TotalSeconds, outcome);
        }
        catch (InputException)
        {
            // The disk is full or the lease is lost: then what brought us here says so.
        }
    }

    private void Extend()
    {
        try
        {
            ledger.ExtendSitting(number, clock.Elapsed.TotalSeconds);
        }
        catch (Exception e) when (e is InputException or Microsoft.Data.Sqlite.SqliteException or InvalidOperationException)
        {
            // The next write that matters meets the same obstacle and says so.
        }
    }
}
