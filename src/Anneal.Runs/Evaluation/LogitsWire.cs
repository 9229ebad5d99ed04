using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Anneal.Runs.Evaluation;

/// <summary>Lines of JSON and raw numbers on one pair of streams.</summary>
internal static class LogitsWire
{
    private const int LongestLine = 1 << 20;

    /// <summary>Reads a line; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The line is too long, or is not what was expected.</exception>
    public static T? ReadLine<T>(Stream input, JsonTypeInfo<T> type) where T : class
    {
        var line = new List<byte>(256);
        // One byte at a time: what follows the line is not text. The stream is buffered.
        for (int next; (next = input.ReadByte()) != '\n';)
        {
            if (next < 0) return line.Count == 0 ? null : throw new InvalidDataException("the stream ends in the middle of a line");
            line.Add((byte)next);
            if (line.Count > LongestLine) throw new InvalidDataException($"a line is longer than {LongestLine} bytes");
        }
        try
        {
            return JsonSerializer.Deserialize(line.ToArray(), type) ?? throw new InvalidDataException("null where an object was expected");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a line is not what was expected: {e.Message}", e);
        }
    }

    /// <summary>Writes a line.</summary>
    public static void WriteLine<T>(Stream output, T value, JsonTypeInfo<T> type)
    {
        output.Write(JsonSerializer.SerializeToUtf8Bytes(value, type));
        output.WriteByte((byte)'\n');
    }
}
