using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching;

/// <summary>What a trainer writes to its own <c>metrics.jsonl</c>, followed while it grows. A line still being written waits; one that is none is passed over.</summary>
/// <param name="path">The file.</param>
/// <param name="from">Byte to begin at.</param>
internal sealed class MetricsTail(string path, long from)
{
    // A line longer than this is damage.
    private const int Longest = 16 << 20;

    private readonly MetricsParser parser = new();
    private byte[] rest = [];
    private long position = from;

    /// <summary>Steps and measurements completed since the last call. A file that became shorter is read from its start again.</summary>
    public IReadOnlyList<HeardOutput> ReadNew()
    {
        if (!File.Exists(path)) return [];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (stream.Length < position) (position, rest) = (0, []);
        if (stream.Length == position) return [];
        stream.Position = position;
        var bytes = new byte[rest.Length + (int)Math.Min(stream.Length - position, Longest)];
        rest.CopyTo(bytes, 0);
        var read = stream.ReadAtLeast(bytes.AsSpan(rest.Length), bytes.Length - rest.Length, throwOnEndOfStream: false);
        position += read;
        Memory<byte> all = bytes.AsMemory(0, rest.Length + read);
        var heard = new List<HeardOutput>();
        var used = 0;
        foreach (var line in JsonLines.CompleteLines(all))
        {
            used += line.Length + 1;
            if (Understand(line.Span) is { } said) heard.Add(said);
        }
        rest = all.Length - used > Longest ? [] : all[used..].ToArray();
        return heard;
    }

    private HeardOutput? Understand(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty || !parser.Read(line) || parser.Step is not { } step) return null;
        return parser.HasLoss ? new HeardStep(parser.ToStep(step)) : parser.HasNumbers ? new HeardMeasurement(step, parser.ToNumbers()) : null;
    }
}
