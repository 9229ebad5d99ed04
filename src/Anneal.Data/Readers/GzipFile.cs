using System.Buffers.Binary;
using System.IO.Compression;

namespace Anneal.Data.Readers;

/// <summary>
/// A gzip file, decompressed, that notices when it was cut short. .NET's own stream ends quietly there, and half a corpus
/// would pass for a whole one.
/// </summary>
internal sealed class GzipFile : Stream
{
    private readonly FileStream _file;
    private readonly GZipStream _text;
    private long _length;

    private GzipFile(FileStream file)
    {
        _file = file;
        _text = new GZipStream(file, CompressionMode.Decompress);
    }

    /// <summary>Opens a file for reading, decompressed if its name ends in .gz.</summary>
    public static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GzipFile(file) : file;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The data is damaged, or ends too early.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = _text.Read(buffer);
        _length += read;
        if (read == 0 && buffer.Length > 0 && _file.Length > 0)
            CheckEnd();
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>
    /// The last four bytes say how long the text was, modulo 2^32 (RFC 1952). They disagree if the file was cut, and if it
    /// has several members, which then must be there.
    /// </summary>
    private void CheckEnd()
    {
        Span<byte> stated = stackalloc byte[4];
        if (_file.Length >= 18)
        {
            _file.Position = _file.Length - 4;
            _file.ReadExactly(stated);
            if (BinaryPrimitives.ReadUInt32LittleEndian(stated) == (uint)_length || HasSecondMember())
                return;
        }
        throw new InvalidDataException($"the archive ends too early, after {_length:N0} bytes of text");
    }

    /// <summary>Whether a member's header (magic, deflate, known flags, level and system) stands anywhere but at the start.</summary>
    private bool HasSecondMember()
    {
        _file.Position = 1;
        var window = new byte[1 << 16];
        for (int kept = 0, read; (read = _file.Read(window, kept, window.Length - kept)) > 0;)
        {
            var bytes = window.AsSpan(0, kept + read);
            for (var i = 0; i + 10 <= bytes.Length; i++)
                if (bytes[i] == 0x1F && bytes[i + 1] == 0x8B && bytes[i + 2] == 8 && bytes[i + 3] < 0x20 && bytes[i + 8] is 0 or 2 or 4 && bytes[i + 9] is <= 13 or 255)
                    return true;
            kept = Math.Min(9, bytes.Length);
            bytes[^kept..].CopyTo(window);
        }
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _text.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
