using System.Collections.Concurrent;
using Anneal.Lab;
using Anneal.Lab.Ledger;
using Anneal.Lab.Live;

namespace Anneal.Server.Mcp;

/// <summary>One study at work in this process.</summary>
internal sealed class Sitting : IProgress<StudyEvent>, IDisposable
{
    private const int Kept = 40;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _lately = new();
    private readonly ConcurrentDictionary<object, Action<string>> _listeners = new();

    /// <param name="study">Study.</param>
    /// <param name="limits">What it may spend.</param>
    /// <param name="before">Seconds of earlier sittings.</param>
    /// <param name="work">Runs it; told of events, stopped by the token.</param>
    public Sitting(string study, StudyBudget limits, double before, Func<IProgress<StudyEvent>, CancellationToken, Task<StudyRecord>> work)
    {
        (Study, Board) = (study, new StudyBoard(limits, before));
        Work = Task.Run(() => work(this, _stop.Token));
    }

    public string Study { get; }

    /// <summary>Where it stands; hold its gate.</summary>
    public StudyBoard Board { get; }

    /// <summary>Ends with the study.</summary>
    public Task<StudyRecord> Work { get; }

    /// <summary>What happened lately, oldest first.</summary>
    public IReadOnlyList<string> Lately => [.. _lately];

    public void Report(StudyEvent value)
    {
        Board.Add(value);
        if (StudyWords.Of(value) is not { } words) return;
        _lately.Enqueue(words);
        while (_lately.Count > Kept) _lately.TryDequeue(out _);
        foreach (var listener in _listeners.Values) listener(words);
    }

    /// <summary>Waits for its end, telling what happens meanwhile.</summary>
    public async Task<StudyRecord> FollowAsync(Action<string> tell, CancellationToken cancel)
    {
        _listeners[tell] = tell;
        try
        {
            return await Work.WaitAsync(cancel);
        }
        finally
        {
            _listeners.TryRemove(tell, out _);
        }
    }

    /// <summary>Stops it; its state is saved. Waits until that is done.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Work.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public void Dispose() => _stop.Dispose();
}
