using System.Collections.Concurrent;
using Anneal.Lab;

namespace Anneal.Tests.Lab;

// Keeps what a study tells, and acts on it at once, on the thread that tells.
public sealed class Listener : IProgress<StudyEvent>
{
    private readonly ConcurrentQueue<StudyEvent> heard = new();
    private Action<StudyEvent>? act;

    public void Report(StudyEvent value)
    {
        heard.Enqueue(value);
        act?.Invoke(value);
    }

    public IEnumerable<T> Of<T>() => heard.OfType<T>();

    public void On<T>(Action<T> reaction) => act += value =>
    {
        if (value is T match) reaction(match);
    };
}
