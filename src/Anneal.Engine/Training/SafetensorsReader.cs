using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Anneal.Engine.Training;

/// <summary>
/// Reads float32 tensors from a safetensors file. Nothing in the file is trusted: the header's size, every shape and every
/// offset is checked against the file's length before anything is allocated or read.
/// </summary>
internal sealed class SafetensorsReader : IDisposable
{
    private const long MaxHeader = 100_000_000; // the reference implementation's limit

    private readonly FileStream stream;
    private readonly string path;
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly long dataStart;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or malicious; the message says where.</exception>
    public SafetensorsReader(string path)
    {
        this.path = path;
        stream = File.OpenRead(path);
        try
        {
            var header = ReadHeader();
            dataStart = 8 + header.Length;
            Parse(header);
            CheckLayout(stream.Length - dataStart);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Sizes of a tensor, outermost first.</summary>
    public IReadOnlyList<int> ShapeOf(string name) => Find(name).Shape;

    /// <summary>Reads a tensor of a known shape.</summary>
    /// <exception cref="InvalidDataException">It is missing, or of another shape or type.</exception>
    public void Read(string name, IReadOnlyList<int> shape, Span<float> values)
    {
        var entry = Find(name);
        if (entry.Type != "F32") throw Bad($"{name} has dtype {entry.Type}; expected F32");
        if (!entry.Shape.SequenceEqual(shape)) throw Bad($"{name} has shape {Text(entry.Shape)}; expected {Text(shape)}");
        if (values.Length * sizeof(float) != entry.End - entry.Begin)
            throw new ArgumentException($"{name} has {(entry.End - entry.Begin) / sizeof(float)} values, the destination {values.Length}.", nameof(values));
        stream.Position = dataStart + entry.Begin;
        stream.ReadExactly(MemoryMarshal.AsBytes(values));
    }

    public void Dispose() => stream.Dispose();

    private static string Text(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";

    private byte[] ReadHeader()
    {
        if (stream.Length < 8) throw Bad($"{stream.Length} bytes are too few for a safetensors file");
        Span<byte> word = stackalloc byte[8];
        stream.ReadExactly(word);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(word);
        if (length > MaxHeader || (long)length > stream.Length - 8)
            throw Bad($"the header claims {length} bytes, the file has {stream.Length}: truncated, or no safetensors file");
        var header = new byte[(int)length];
        stream.ReadExactly(header);
        return header;
    }

    private void Parse(byte[] header)
    {
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__") continue;
                var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
                var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
                if (offsets.Length != 2) throw Bad($"{property.Name} has {offsets.Length} data_offsets; expected begin and end");
                var entry = new Entry(property.Value.GetProperty("dtype").GetString() ?? "", shape, offsets[0], offsets[1]);
                if (!entries.TryAdd(property.Name, entry)) throw Bad($"{property.Name} stands twice in the header");
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{path}: the safetensors header cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The tensors must tile the data from its first byte to its last, as the format demands.</summary>
    private void CheckLayout(long dataLength)
    {
        long end = 0;
        foreach (var (name, entry) in entries.OrderBy(entry => entry.Value.Begin).ThenBy(entry => entry.Value.End))
        {
            if (entry.Begin < 0 || entry.End < entry.Begin || entry.End > dataLength)
                throw Bad($"{name} lies at bytes {entry.Begin} to {entry.End} of {dataLength}");
            if (entry.Begin < end) throw Bad($"{name} begins at byte {entry.Begin}, inside another tensor that ends at {end}");
            if (entry.Begin > end) throw Bad($"{entry.Begin - end} bytes before {name} belong to no tensor");
            if (entry.Type == "F32" && Bytes(name, entry.Shape) != entry.End - entry.Begin)
                throw Bad($"{name} has shape {Text(entry.Shape)} but {entry.End - entry.Begin} bytes");
            end = entry.End;
        }

        if (end != dataLength) throw Bad($"the tensors end at byte {end}, the data at {dataLength}: truncated or overwritten");
    }

    private long Bytes(string name, int[] shape)
    {
        long bytes = sizeof(float);
        foreach (var size in shape)
        {
            if (size < 0) throw Bad($"{name} has a negative size, {Text(shape)}");
            bytes = Math.BigMul(bytes, size, out var low) is 0 && low >= 0 ? low : throw Bad($"{name} is too large, {Text(shape)}");
        }

        return bytes;
    }

    private Entry Find(string name) =>
        entries.TryGetValue(name, out var entry) ? entry : throw Bad($"there is no tensor {name} among its {entries.Count}");

    private InvalidDataException Bad(string what) => new($"{path}: {what}.");

    private sealed record Entry(string Type, int[] Shape, long Begin, long End);
}
