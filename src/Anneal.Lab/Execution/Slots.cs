namespace Anneal.Lab.Execution;

/// <summary>Places for runs side by side. The most urgent waits least: lower urgency numbers first, then first come, first served.</summary>
/// <param name="count">Places; at least 1.</param>
internal sealed class Slots(int count)
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<TaskCompletionSource<int>, (int Urgency, long Arrival)> waiting = new();
    private readonly Stack<int> free = new(Enumerable.Range(0, count).Reverse());
    private long arrivals;

    /// <summary>Waits for a place.</summary>
    /// <param name="urgency">Lower goes first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The place, 0 to count - 1; give it back by <see cref="Leave"/>.</returns>
    public async Task<int> EnterAsync(int urgency, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var turn = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (free.TryPop(out var slot)) return slot;
            waiting.Enqueue(turn, (urgency, arrivals++));
        }
        await using var registration = cancel.Register(() => turn.TrySetCanceled(cancel));
        return await turn.Task;
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="slot">From <see cref="EnterAsync"/>.</param>
    public void Leave(int slot)
    {
        lock (gate)
        {
            // Those who gave up are still in the queue; their turn cannot be set any more.
            while (waiting.TryDequeue(out var next, out _))
                if (next.TrySetResult(slot)) return;
            free.Push(slot);
        }
    }
}
