using System.Text.Json;
using System.Text.Json.Serialization;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>What is known about one stream of a set; a line of <c>index.jsonl</c>. The judge reads it, a contender never.</summary>
internal sealed record StreamEntry
{
    /// <summary>File name in the set's folder.</summary>
    public required string Stream { get; init; }

    public required StreamKind Kind { get; init; }

    /// <summary>Fault or decoy, snake case.</summary>
    public required string Name { get; init; }

    /// <summary>Number of the fault in the list of faults.</summary>
    public int? Number { get; init; }

    /// <summary>Every cause that is a right answer; none for a healthy run.</summary>
    [JsonConverter(typeof(CauseList))]
    public IReadOnlyList<Cause> Cause { get; init; } = [];

    /// <summary>Whether a fault shows at once.</summary>
    public Pace? Pace { get; init; }

    /// <summary>First faulted step.</summary>
    public int? Inject { get; init; }

    /// <summary>The same run without the fault.</summary>
    public string? Twin { get; init; }

    /// <summary>Steps of the run, model size and seed; for people.</summary>
    public int? Steps { get; init; }

    public int? Model { get; init; }

    public int? Seed { get; init; }

    public StreamHalf? Half { get; init; }

    /// <summary>Final loss minus the twin's, nats.</summary>
    public double? Harm { get; init; }

    /// <summary>Harm beyond two seed sigmas.</summary>
    public bool Harmed { get; init; }

    /// <summary>Watched with step, loss, gradient norm, learning rate and time alone.</summary>
    public bool Sparse { get; init; }

    /// <summary>Fault whose first faulted step is known.</summary>
    [JsonIgnore]
    public bool IsFault => Kind == StreamKind.Fault && Inject is not null;
}

internal enum StreamKind
{
    Fault,
    Clean,
    Decoy,
}

internal enum Pace
{
    Abrupt,
    Slow,
}

/// <summary>Detectors may be tuned on one half; the other is for the verdict.</summary>
internal enum StreamHalf
{
    Tuning,
    Hidden,
}

/// <summary>Null, a word or a list of words.</summary>
internal sealed class CauseList : JsonConverter<IReadOnlyList<Cause>>
{
    public override bool HandleNull => true;

    public override IReadOnlyList<Cause> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var causes = new List<Cause>();
        if (reader.TokenType == JsonTokenType.String) causes.Add(Parse(ref reader));
        if (reader.TokenType == JsonTokenType.StartArray)
            while (reader.Read() && reader.TokenType == JsonTokenType.String) causes.Add(Parse(ref reader));
        return causes;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<Cause> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var cause in value) writer.WriteStringValue(Word(cause));
        writer.WriteEndArray();
    }

    public static string Word(Cause cause) => JsonNamingPolicy.SnakeCaseLower.ConvertName(cause.ToString());

    private static Cause Parse(ref Utf8JsonReader reader) => reader.GetString() is { } word && Enum.TryParse<Cause>(word, ignoreCase: true, out var cause)
        ? cause
        : throw new JsonException($"cause '{reader.GetString()}' is none of {string.Join(", ", Enum.GetValues<Cause>().Select(Word))}");
}
