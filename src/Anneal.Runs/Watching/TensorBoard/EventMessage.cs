using System.Buffers.Binary;
using System.Text;

namespace Anneal.Runs.Watching.TensorBoard;

/// <summary>
/// The scalars of an event: of its protocol buffer message only the fields <c>wall_time</c> (1), <c>step</c> (2) and <c>summary</c> (5),
/// of a summary's values (1) <c>tag</c> (1), <c>simple_value</c> (2) and <c>tensor</c> (8) where that is a single number.
/// </summary>
internal readonly record struct EventMessage(double WallTime, long Step, IReadOnlyList<(string Tag, double Value)> Scalars)
{
    // Of TensorProto: its type, and the fields that may hold one number.
    private const int Type = 1, Content = 4, Floats = 5, Doubles = 6, TypeFloat = 1, TypeDouble = 2;

    /// <summary>Reads a message; null where it is none.</summary>
    public static EventMessage? Parse(ReadOnlySpan<byte> data)
    {
        var (time, step) = (0.0, 0L);
        List<(string, double)>? scalars = null;
        var fields = new ProtoReader(data);
        while (fields.Next())
            switch (fields.Field)
            {
                case 1:
                    time = BitConverter.UInt64BitsToDouble(fields.Number);
                    break;
                case 2:
                    step = (long)fields.Number;
                    break;
                case 5:
                    var values = new ProtoReader(fields.Bytes);
                    while (values.Next())
                        if (values.Field == 1 && Scalar(values.Bytes) is { } scalar) (scalars ??= []).Add(scalar);
                    if (values.IsBroken) return null;
                    break;
            }
        return fields.IsBroken ? null : new(time, step, scalars ?? (IReadOnlyList<(string, double)>)[]);
    }

    private static (string, double)? Scalar(ReadOnlySpan<byte> data)
    {
        string? tag = null;
        double? number = null;
        var fields = new ProtoReader(data);
        while (fields.Next())
            switch (fields.Field)
            {
                case 1:
                    tag = Encoding.UTF8.GetString(fields.Bytes);
                    break;
                case 2:
                    number = BitConverter.UInt32BitsToSingle((uint)fields.Number);
                    break;
                case 8:
                    number = Tensor(fields.Bytes);
                    break;
            }
        return !fields.IsBroken && tag is not null && number is { } value ? (tag, value) : null;
    }

    private static double? Tensor(ReadOnlySpan<byte> data)
    {
        var type = 0UL;
        double? number = null;
        var fields = new ProtoReader(data);
        while (fields.Next())
        {
            var bytes = fields.Bytes;
            number = fields.Field switch
            {
                Floats when bytes.Length == 4 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
                Floats when bytes.IsEmpty => BitConverter.UInt32BitsToSingle((uint)fields.Number),
                Doubles when bytes.Length == 8 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
                Doubles when bytes.IsEmpty => BitConverter.UInt64BitsToDouble(fields.Number),
                Content when type == TypeFloat && bytes.Length == 4 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
                Content when type == TypeDouble && bytes.Length == 8 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
                _ => number,
            };
            if (fields.Field == Type) type = fields.Number;
        }
        return fields.IsBroken ? null : number;
    }
}
