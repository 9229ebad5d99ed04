using System.IO.Compression;
using Anneal.Benchmarks.Durability;
using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Benchmarks.Faults.Scoring;

/// <summary>A set of streams on disk that look healthy: what is said about them is up to the test.</summary>
internal sealed class HandMadeSet : IDisposable
{
    public const int Steps = 100;

    private readonly TemporaryFolder folder = new();

    public string Directory => folder.Directory;

    public StreamSet Open() => StreamSet.Open(folder.Directory);

    public HandMadeSet Clean(string name, params string[] moreLines) => Add(new() { Stream = $"{name}.jsonl.gz", Kind = StreamKind.Clean, Name = "clean" }, moreLines);

    public HandMadeSet Decoy(string name) => Add(new() { Stream = $"{name}.jsonl.gz", Kind = StreamKind.Decoy, Name = name });

    public HandMadeSet Fault(string name, int inject, string twin, bool harmed = true, bool sparse = false, StreamHalf half = StreamHalf.Tuning, Pace pace = Pace.Abrupt) => Add(new()
    {
        Stream = $"{name}.jsonl.gz",
        Kind = StreamKind.Fault,
        Name = name,
        Cause = [Cause.Data, Cause.Optimizer],
        Pace = pace,
        Inject = inject,
        Twin = $"{twin}.jsonl.gz",
        Half = half,
        Harm = harmed ? 0.5 : 0,
        Harmed = harmed,
        Sparse = sparse,
    });

    public void AppendToIndex(string text) => File.AppendAllText(folder.File("index.jsonl"), text);

    public void Dispose() => folder.Dispose();

    private HandMadeSet Add(StreamEntry entry, params string[] moreLines)
    {
        using (var writer = new StreamWriter(new GZipStream(File.Create(folder.File(entry.Stream)), CompressionLevel.Fastest)))
        {
            var random = new Random(1);
            for (var step = 1; step <= Steps; step++) writer.WriteLine($$"""{"step":{{step}},"train/loss":{{2 + 0.5 / Math.Sqrt(step) + 0.05 * random.NextDouble()}},"train/grad_norm":{{0.3 + 0.05 * random.NextDouble()}},"train/update_norm":0.1,"data/batch_hash":"{{step:x16}}","time":{{step}}}""");
            foreach (var line in moreLines) writer.WriteLine(line);
        }
        StreamSet.Append(folder.Directory, entry);
        return this;
    }
}
