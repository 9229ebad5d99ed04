namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>One detector, or a set of them, under judgement.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Watch">
/// Its alarms over a stream, in order. A contender judges by the stream alone; the entry is for the oracle, which shows what can be had.
/// </param>
internal sealed record Contender(string Name, Func<StreamEntry, RecordedStream, IReadOnlyList<Alarm>> Watch)
{
    /// <summary>One that judges by the stream.</summary>
    public static Contender Of(string name, Func<RecordedStream, IReadOnlyList<Alarm>> watch) => new(name, (_, stream) => watch(stream));
}
