namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>Shows every contender the same streams.</summary>
internal static class Hearing
{
    /// <summary>A score a contender, in their order.</summary>
    /// <param name="set">The streams.</param>
    /// <param name="half">One half of them, or null for all.</param>
    /// <param name="contenders">Who is judged.</param>
    public static IReadOnlyList<Score> Hold(StreamSet set, StreamHalf? half, IReadOnlyList<Contender> contenders)
    {
        var entries = set.Entries.Where(entry => half is null || entry.Half is null || entry.Half == half).ToList();
        // A twin serves several faults, and as a clean run, too: it is watched once for each set of signals.
        var views = entries.Concat(entries.Where(entry => entry.IsFault).Select(set.TwinOf).OfType<StreamEntry>())
            .DistinctBy(View)
            .ToList();
        var watched = views.AsParallel().WithDegreeOfParallelism(Math.Max(1, Environment.ProcessorCount))
            .ToDictionary(View, entry => Watch(set, entry, contenders));
        return [.. contenders.Select((contender, i) => new Score(
            contender.Name,
            [.. entries.Where(entry => entry.IsFault).Select(entry => FaultOutcome.Of(entry, watched[View(entry)][i], set.TwinOf(entry) is { } twin ? watched[View(twin)][i] : null))],
            [.. entries.Where(entry => entry.IsFault || entry.Kind != StreamKind.Fault).Select(entry => HealthyOutcome.Of(entry, watched[View(entry)][i]))]))];
    }

    private static (string Stream, bool Sparse) View(StreamEntry entry) => (entry.Stream, entry.Sparse);

    private static Watched[] Watch(StreamSet set, StreamEntry entry, IReadOnlyList<Contender> contenders)
    {
        var stream = set.Read(entry);
        var steps = stream.Steps.Select(step => step.Step).ToArray();
        return [.. contenders.Select(contender => new Watched(steps, contender.Watch(entry, stream)))];
    }
}
