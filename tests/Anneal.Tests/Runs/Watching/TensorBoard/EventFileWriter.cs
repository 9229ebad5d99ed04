using System.Text;

namespace Anneal.Tests.Runs.Watching.TensorBoard;

/// <summary>Writes event files from the format's description alone, bit by bit: shares nothing with the reader.</summary>
internal static class EventFileWriter
{
    /// <summary>An event with one scalar, framed.</summary>
    public static byte[] Scalar(long step, string tag, double value, double time, bool tensor = false)
    {
        byte[] number = tensor
            // TensorProto { dtype: DT_FLOAT, tensor_shape {}, float_val: [value] }, the list packed
            ? Field(8, [0x08, 0x01, 0x12, 0x00, .. Field(5, BitConverter.GetBytes((float)value))])
            : [0x15, .. BitConverter.GetBytes((float)value)];
        var summary = Field(1, [.. Field(1, Encoding.UTF8.GetBytes(tag)), .. number]);
        return Frame([0x09, .. BitConverter.GetBytes(time), 0x10, .. Varint((ulong)step), .. Field(5, summary)]);
    }

    /// <summary>The first record of every file.</summary>
    public static byte[] Version(double time) => Frame([0x09, .. BitConverter.GetBytes(time), .. Field(3, "brain.Event:2"u8.ToArray())]);

    public static byte[] Frame(byte[] data) => [.. BitConverter.GetBytes((ulong)data.Length), .. BitConverter.GetBytes(Masked(BitConverter.GetBytes((ulong)data.Length))), .. data, .. BitConverter.GetBytes(Masked(data))];

    private static byte[] Field(int number, byte[] bytes) => [(byte)((number << 3) | 2), .. Varint((ulong)bytes.Length), .. bytes];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    // Castagnoli's polynomial, one bit at a time.
    private static uint Masked(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var one in data)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }
}
