using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Anneal.Engine.Training;

/// <summary>
/// Writes float32 tensors in the safetensors format: header length (uint64), JSON header (dtype, shape, data_offsets of each
/// tensor), then the data, little-endian. Announce every tensor, then write their values in the same order.
/// </summary>
internal sealed class SafetensorsWriter : IDisposable
{
    private readonly FileStream stream;
    private readonly List<(string Name, IReadOnlyList<int> Shape)> tensors = [];
    private int written;

    public SafetensorsWriter(string path, IEnumerable<(string Name, IReadOnlyList<int> Shape)> tensors, string? about = null)
    {
        this.tensors.AddRange(tensors);
        stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        WriteHeader(about);
    }

    /// <summary>Writes the next announced tensor.</summary>
    public void Write(ReadOnlySpan<float> values)
    {
        var (name, shape) = tensors[written++];
        if (values.Length != Elements(shape)) throw new ArgumentException($"{name}: {values.Length} values for shape [{string.Join(", ", shape)}].");
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("safetensors are written on little-endian machines only.");
        stream.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Checks that all announced tensors were written and forces the file to the disk.</summary>
    public void Finish()
    {
        if (written != tensors.Count) throw new InvalidOperationException($"{written} of {tensors.Count} tensors were written.");
        stream.Flush(flushToDisk: true);
    }

    public void Dispose() => stream.Dispose();

    private static long Elements(IReadOnlyList<int> shape) => shape.Aggregate(1L, (product, size) => product * size);

    private void WriteHeader(string? about)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            if (about is not null) json.WriteString("anneal", about);
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, shape) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var size in shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += Elements(shape) * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces fill the header up to 8 bytes, as the format advises, so that the data is aligned.
        while (text.Length % 8 != 0) text.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        stream.Write(length);
        text.WriteTo(stream);
    }
}
