using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>A folder of recorded runs: <c>index.jsonl</c> and the streams that it names.</summary>
internal sealed class StreamSet
{
    private static readonly JsonSerializerOptions options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    private readonly string folder;
    private readonly Dictionary<string, StreamEntry> byStream;

    private StreamSet(string folder, IReadOnlyList<StreamEntry> entries)
    {
        (this.folder, Entries) = (folder, entries);
        byStream = entries.GroupBy(entry => entry.Stream).ToDictionary(group => group.Key, group => group.Last());
    }

    /// <summary>All streams, in the index's order.</summary>
    public IReadOnlyList<StreamEntry> Entries { get; }

    /// <summary>The set in a folder, while it grows, too: a half-written last line and a stream that is not there yet are passed over.</summary>
    /// <exception cref="IOException">There is no index.</exception>
    public static StreamSet Open(string folder)
    {
        var index = Path.Combine(folder, "index.jsonl");
        if (!File.Exists(index)) throw new FileNotFoundException($"{index} does not exist; make a set with `faults --make {folder}` or name the folder that holds one");
        var entries = new List<StreamEntry>();
        var lines = File.ReadAllText(index).Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            try
            {
                entries.Add(JsonSerializer.Deserialize<StreamEntry>(lines[i], options)!);
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{index}:{i + 1}: {e.Message}", e);
            }
        }
        return new(folder, [.. entries.Where(entry => File.Exists(Path.Combine(folder, entry.Stream)))]);
    }

    /// <summary>Appends to a set's index.</summary>
    public static void Append(string folder, StreamEntry entry) => File.AppendAllText(Path.Combine(folder, "index.jsonl"), JsonSerializer.Serialize(entry, options) + "\n");

    /// <summary>The stream of an entry, with the signals that the entry grants.</summary>
    public RecordedStream Read(StreamEntry entry) => RecordedStream.Read(Path.Combine(folder, entry.Stream), entry.Sparse);

    /// <summary>The clean runs of the tuning half with all their signals: what a rule may compare with or learn from.</summary>
    public IReadOnlyList<RecordedStream> Healthy() =>
        [.. Entries.Where(entry => entry is { Kind: StreamKind.Clean, Sparse: false } && entry.Half != StreamHalf.Hidden).Select(Read)];

    /// <summary>The clean twin of a fault, seen through the same signals as the fault; null where the set lacks it.</summary>
    public StreamEntry? TwinOf(StreamEntry fault)
    {
        if (fault.Twin is not { } name || !File.Exists(Path.Combine(folder, name))) return null;
        return (byStream.GetValueOrDefault(name) ?? new() { Stream = name, Kind = StreamKind.Clean, Name = "clean" }) with { Sparse = fault.Sparse };
    }
}
