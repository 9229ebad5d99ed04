using System.Buffers.Binary;
using System.Numerics;

namespace Anneal.Runs.Watching.TensorBoard;

/// <summary>
/// Reads a file of TFRecords while it grows: each is its length (8 bytes, little endian), a checksum of these, the data, and a
/// checksum of the data. A record still being written waits; one that is damaged ends the file, since nothing says where the
/// next begins.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class RecordFile(string path)
{
    private const int Header = 12, Footer = 4, Chunk = 256 << 10;

    // A summary with pictures may be large; a length beyond this is damage that its checksum missed.
    private const ulong Longest = 64 << 20;

    private long position;

    /// <summary>A record was damaged; nothing more is read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Takes all records that were completed since the last call.</summary>
    /// <param name="take">Given the data of each; must not keep it.</param>
    public void ReadNew(Action<ReadOnlySpan<byte>> take)
    {
        if (IsBroken) return;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var buffer = new byte[Chunk];
        while (!IsBroken && stream.Length - position >= Header + Footer)
        {
            stream.Position = position;
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var used = Take(buffer.AsSpan(0, read), take, out var needed);
            position += used;
            if (used > 0) continue;
            // Not even one whole record: torn, or longer than the buffer.
            if (needed <= buffer.Length || stream.Length - position < needed) return;
            buffer = new byte[needed];
        }
    }

    private int Take(ReadOnlySpan<byte> bytes, Action<ReadOnlySpan<byte>> take, out int needed)
    {
        var used = 0;
        for (needed = 0; bytes.Length - used >= Header; used += needed)
        {
            var record = bytes[used..];
            var length = BinaryPrimitives.ReadUInt64LittleEndian(record);
            if (Checksum(record[..8]) != BinaryPrimitives.ReadUInt32LittleEndian(record[8..]) || length > Longest)
            {
                IsBroken = true;
                return used;
            }
            needed = Header + (int)length + Footer;
            if (record.Length < needed) return used;
            var data = record.Slice(Header, (int)length);
            if (Checksum(data) != BinaryPrimitives.ReadUInt32LittleEndian(record[(needed - Footer)..]))
            {
                IsBroken = true;
                return used;
            }
            take(data);
        }
        return used;
    }

    /// <summary>CRC-32C, rotated and shifted as the format wants it, so that a checksum of data that holds checksums is none of them.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= 8; data = data[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var one in data) crc = BitOperations.Crc32C(crc, one);
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }
}
