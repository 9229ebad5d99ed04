namespace Anneal.Cli.Live;

/// <summary>A stream that asks before each write: somebody else must get out of the way first.</summary>
/// <param name="inner">Where the bytes end.</param>
/// <param name="pass">Gets the write to be done, and the bytes.</param>
internal sealed class PassingStream(Stream inner, PassingStream.Pass pass) : Stream
{
    /// <summary>Does a write when there is room for it.</summary>
    public delegate void Pass(Action write, ReadOnlySpan<byte> bytes);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => pass(() =>
    {
        inner.Write(buffer, offset, count);
        inner.Flush();
    }, buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var copy = buffer.ToArray();
        Write(copy, 0, copy.Length);
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
