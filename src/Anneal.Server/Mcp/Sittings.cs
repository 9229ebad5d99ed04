using Anneal.Lab;
using Anneal.Lab.Ledger;

namespace Anneal.Server.Mcp;

/// <summary>The studies at work in this process, and how the last sitting at each ended.</summary>
internal sealed class Sittings : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sitting> _sittings = new(StringComparer.Ordinal);

    /// <summary>The sitting at a study, at work or ended; null where there was none.</summary>
    public Sitting? Find(string study)
    {
        lock (_gate) return _sittings.GetValueOrDefault(study);
    }

    /// <summary>The sitting at work, or a new one.</summary>
    /// <returns>And whether it is new.</returns>
    public (Sitting Sitting, bool IsNew) Start(string study, StudyBudget limits, double before, Func<IProgress<StudyEvent>, CancellationToken, Task<StudyRecord>> work)
    {
        lock (_gate)
        {
            if (_sittings.GetValueOrDefault(study) is { Work.IsCompleted: false } working) return (working, false);
            return (_sittings[study] = new Sitting(study, limits, before, work), true);
        }
    }

    /// <summary>Stops them all, with their states saved.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Sitting> all;
        lock (_gate) all = [.. _sittings.Values];
        await Task.WhenAll(all.Select(sitting => sitting.StopAsync()));
        all.ForEach(sitting => sitting.Dispose());
    }
}
