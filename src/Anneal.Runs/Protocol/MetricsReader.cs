namespace Anneal.Runs.Protocol;

/// <summary>
/// Reads <c>metrics.jsonl</c>, also while it grows. Tolerant: a line still being written waits, a malformed one is
/// counted and passed over, unknown numbers are kept, anything else is ignored.
/// </summary>
/// <param name="path">The file; it may not exist yet.</param>
public sealed class MetricsReader(string path)
{
    [ThreadStatic]
    private static MetricsParser? parser;

    private byte[] rest = [];
    private long position;

    /// <summary>Lines that were no metrics.</summary>
    public int Malformed { get; private set; }

    /// <summary>All complete steps of a file.</summary>
    public static IReadOnlyList<StepMetrics> ReadAll(string path) => new MetricsReader(path).ReadNew();

    /// <summary>The complete steps in the last bytes of a file, so that one of any length takes little memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">How many.</param>
    public static IReadOnlyList<StepMetrics> ReadLast(string path, long bytes) =>
        new MetricsReader(path) { position = File.Exists(path) ? Math.Max(0, new FileInfo(path).Length - bytes) : 0 }.ReadNew();

    /// <summary>Steps completed since the last call. A file that became shorter (a run that went back) is read from its start again.</summary>
    public IReadOnlyList<StepMetrics> ReadNew()
    {
        if (!File.Exists(path)) return [];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length < position) (position, rest) = (0, []);
        if (stream.Length == position) return [];
        stream.Position = position;
        var bytes = new byte[rest.Length + (stream.Length - position)];
        rest.CopyTo(bytes, 0);
        position += stream.ReadAtLeast(bytes.AsSpan(rest.Length), bytes.Length - rest.Length, throwOnEndOfStream: false);

        var steps = new List<StepMetrics>();
        var read = 0;
        foreach (var line in JsonLines.CompleteLines(bytes))
        {
            read += line.Length + 1;
            if (line.Span.Trim(" \r\t"u8).IsEmpty) continue;
            if (Parse(line.Span) is { } metrics) steps.Add(metrics);
            else Malformed++;
        }
        rest = bytes[read..];
        return steps;
    }

    /// <summary>One line; null where it is malformed or lacks <c>step</c> or <c>train/loss</c>.</summary>
    public static StepMetrics? Parse(ReadOnlySpan<byte> line)
    {
        var reading = parser ??= new();
        return reading.Read(line) && reading is { HasLoss: true, Step: { } step } ? reading.ToStep(step) : null;
    }
}
