using System.Buffers.Binary;

namespace Anneal.Runs.Watching.TensorBoard;

/// <summary>The fields of a protocol buffer message, one after the other.</summary>
/// <param name="data">The message.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> rest = data;

    /// <summary>Number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, where it is a number: of a variable length, or the bits of 4 or 8 bytes.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, where it is text, bytes or a message; else empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The message does not end where it should.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (IsBroken || rest.IsEmpty) return false;
        Number = 0;
        Bytes = default;
        if (!Varint(out var key)) return false;
        Field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                if (!Varint(out var number)) return false;
                Number = number;
                return true;
            case 1:
                if (!Take(8, out var wide)) return false;
                Number = BinaryPrimitives.ReadUInt64LittleEndian(wide);
                return true;
            case 2:
                if (!Varint(out var length) || !Take(length, out var bytes)) return false;
                Bytes = bytes;
                return true;
            case 5:
                if (!Take(4, out var narrow)) return false;
                Number = BinaryPrimitives.ReadUInt32LittleEndian(narrow);
                return true;
            default:
                IsBroken = true;
                return false;
        }
    }

    private bool Take(ulong length, out ReadOnlySpan<byte> bytes)
    {
        IsBroken = length > (ulong)rest.Length;
        bytes = IsBroken ? default : rest[..(int)length];
        rest = IsBroken ? default : rest[(int)length..];
        return !IsBroken;
    }

    private bool Varint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && !rest.IsEmpty; shift += 7)
        {
            var one = rest[0];
            rest = rest[1..];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80) return true;
        }
        IsBroken = true;
        return false;
    }
}
