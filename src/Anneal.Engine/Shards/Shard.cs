using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Anneal.Engine.Shards;

/// <summary>
/// Token ids in one file, in llm.c's <c>.bin</c> layout: 256 little-endian int32 (magic 20240520, version 1, token count,
/// zeros), then one little-endian uint16 per token. Opened by memory mapping, so that runs side by side share the pages.
/// </summary>
public sealed unsafe class Shard : IDisposable
{
    private const int Magic = 20240520;
    private const int Version = 1;
    private const int HeaderBytes = 256 * sizeof(int);

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly ushort* tokens;
    private bool disposed;

    private Shard(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, int length)
    {
        Path = path;
        Length = length;
        this.file = file;
        this.view = view;
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        tokens = (ushort*)(start + view.PointerOffset + HeaderBytes);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Number of tokens, end-of-text tokens included.</summary>
    public int Length { get; }

    /// <summary>All token ids, in file order. Valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<ushort> Tokens
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return new(tokens, Length);
        }
    }

    /// <summary>Writes a shard; an existing file is replaced in one rename, so that a reader never sees half of it.</summary>
    /// <param name="path">Target file; its directory must exist.</param>
    /// <param name="tokens">Token ids, each document followed by the end-of-text token.</param>
    public static void Write(string path, ReadOnlySpan<ushort> tokens)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], tokens.Length);

        var temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(header);
            if (BitConverter.IsLittleEndian)
            {
                stream.Write(MemoryMarshal.AsBytes(tokens));
            }
            else
            {
                Span<byte> word = stackalloc byte[2];
                foreach (var token in tokens)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(word, token);
                    stream.Write(word);
                }
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Opens a shard for reading.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no shard, is of another version, or its length disagrees with its header.</exception>
    public static Shard Open(string path)
    {
        var bytes = CheckHeader(path, out var count);
        var mapped = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var window = mapped.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.Read);
        return new(path, mapped, window, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    private static long CheckHeader(string path, out int count)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length < HeaderBytes)
            throw new InvalidDataException($"{path}: a shard starts with a header of {HeaderBytes} bytes, the file has {stream.Length}. Prepare the corpus again.");

        Span<byte> header = stackalloc byte[HeaderBytes];
        stream.ReadExactly(header);
        var magic = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (magic != Magic)
            throw new InvalidDataException($"{path}: not a token shard: the first word is {magic}, llm.c shards start with {Magic}.");

        var version = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (version != Version)
            throw new InvalidDataException($"{path}: shard version {version}; this reader knows version {Version} (uint16 tokens).");

        count = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        var expected = HeaderBytes + 2L * count;
        if (count < 0 || stream.Length != expected)
            throw new InvalidDataException($"{path}: the header promises {count} tokens ({expected} bytes), the file has {stream.Length} bytes: truncated or overwritten. Prepare the corpus again.");
        return stream.Length;
    }
}
