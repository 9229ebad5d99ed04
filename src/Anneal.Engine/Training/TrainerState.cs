using System.Text.Json.Serialization;
using Anneal.Engine.Shards;

namespace Anneal.Engine.Training;

/// <summary>What a checkpoint keeps beside the tensors. The trainer draws no random numbers while it runs: initial weights and document order follow from seeds, so the seed and the cursor are the whole random state.</summary>
internal sealed record TrainerState
{
    public int Version { get; init; } = 1;

    public required long Step { get; init; }

    public required long Tokens { get; init; }

    /// <summary>Updates done: steps less refused ones.</summary>
    public required long Updates { get; init; }

    public required TokenCursor Cursor { get; init; }

    public required double LearningRateScale { get; init; }

    public required double Clip { get; init; }

    /// <summary>Sum of squares of the parameters, reported again should the next update be refused.</summary>
    public required double ParameterSquares { get; init; }

    public required TrainerOptions Options { get; init; }
}

/// <summary>Serialisation without reflection: a worker's start is short.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainerState))]
[JsonSerializable(typeof(TrainerOptions))]
internal sealed partial class TrainerStateJson : JsonSerializerContext;
