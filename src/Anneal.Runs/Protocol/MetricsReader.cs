using System.Text.Json;

namespace Anneal.Runs.Protocol;

/// <summary>
/// Reads <c>metrics.jsonl</c>, also while it grows. Tolerant: a line still being written waits, a malformed one is
/// counted and passed over, unknown numbers are kept, anything else is ignored.
/// </summary>
/// <param name="path">The file; it may not exist yet.</param>
public sealed class MetricsReader(string path)
{
    private byte[] rest = [];
    private long position;

    /// <summary>Lines that were no metrics.</summary>
    public int Malformed { get; private set; }

    /// <summary>All complete steps of a file.</summary>
    public static IReadOnlyList<StepMetrics> ReadAll(string path) => new MetricsReader(path).ReadNew();

    /// <summary>Steps completed since the last call. A file that became shorter (a run that went back) is read from its start again.</summary>
    public IReadOnlyList<StepMetrics> ReadNew()
    {
        if (!File.Exists(path)) return [];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length < position) (position, rest) = (0, []);
        if (stream.Length == position) return [];
        stream.Position = position;
        var bytes = new byte[rest.Length + (stream.Length - position)];
        rest.CopyTo(bytes, 0);
        position += stream.ReadAtLeast(bytes.AsSpan(rest.Length), bytes.Length - rest.Length, throwOnEndOfStream: false);

        var steps = new List<StepMetrics>();
        var read = 0;
        foreach (var line in JsonLines.CompleteLines(bytes))
        {
            read += line.Length + 1;
            if (line.Span.Trim(" \r\t"u8).IsEmpty) continue;
            if (Parse(line.Span) is { } metrics) steps.Add(metrics);
            else Malformed++;
        }
        rest = bytes[read..];
        return steps;
    }

    /// <summary>One line; null where it is malformed or lacks <c>step</c> or <c>train/loss</c>.</summary>
    public static StepMetrics? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return ParseObject(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StepMetrics? ParseObject(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        Dictionary<string, double> numbers = [];
        string? hash = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isHash = reader.ValueTextEquals("data/batch_hash"u8);
            var name = reader.GetString()!;
            reader.Read();
            if (isHash && reader.TokenType == JsonTokenType.String) hash = reader.GetString();
            else if (ReadNumber(ref reader) is { } number) numbers[name] = number;
            reader.Skip();
        }
        if (reader.TokenType != JsonTokenType.EndObject) return null;

        double? Take(string name) => numbers.Remove(name, out var value) ? value : null;
        if (Take("step") is not { } step || step != (int)step || Take("train/loss") is not { } loss) return null;
        return new StepMetrics
        {
            Step = (int)step,
            Loss = loss,
            Time = Take("time"),
            Tokens = (long?)Take("train/tokens"),
            LearningRate = Take("train/lr"),
            GradNorm = Take("train/grad_norm"),
            UpdateNorm = Take("train/update_norm"),
            ParamNorm = Take("train/param_norm"),
            Nonfinite = Take("train/nonfinite") is { } nonfinite ? nonfinite != 0 : null,
            Clipped = Take("train/clipped") is { } clipped ? clipped != 0 : null,
            BatchHash = hash,
            RepeatFraction = Take("data/repeat_fraction"),
            TokenEntropy = Take("data/token_entropy"),
            StepSeconds = Take("perf/step_seconds"),
            TokensPerSecond = Take("perf/tokens_per_second"),
            RssMb = Take("perf/rss_mb"),
            Extra = numbers,
        };
    }

    private static double? ReadNumber(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.True => 1,
        JsonTokenType.False => 0,
        JsonTokenType.String when reader.ValueTextEquals("NaN"u8) => double.NaN,
        JsonTokenType.String when reader.ValueTextEquals("Infinity"u8) => double.PositiveInfinity,
        JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8) => double.NegativeInfinity,
        _ => null,
    };
}
