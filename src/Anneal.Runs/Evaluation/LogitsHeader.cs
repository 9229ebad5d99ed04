using System.Text.Json.Serialization;

namespace Anneal.Runs.Evaluation;

/// <summary>First line of a logits program: who it is.</summary>
/// <param name="Protocol"><see cref="LogitsHeader.Version"/>.</param>
/// <param name="Vocab">Number of token ids; as many logits a position.</param>
/// <param name="Context">Longest row that it takes, in tokens.</param>
internal sealed record LogitsHeader(string Protocol, int Vocab, int Context)
{
    public const string Version = "anneal-logits/1";
}

/// <summary>Line before the tokens of a question, which follow as little-endian int32, row after row.</summary>
/// <param name="Id">Comes back with the answer.</param>
/// <param name="Lengths">Tokens of each row.</param>
internal sealed record LogitsQuestion(long Id, IReadOnlyList<int> Lengths);

/// <summary>Line before the logits of an answer, which follow as little-endian float32: each position of each row, vocabulary wide.</summary>
/// <param name="Id">Of the question.</param>
/// <param name="Error">Why there are none, or null.</param>
internal sealed record LogitsAnswer(long Id, string? Error = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LogitsHeader))]
[JsonSerializable(typeof(LogitsQuestion))]
[JsonSerializable(typeof(LogitsAnswer))]
internal sealed partial class LogitsJson : JsonSerializerContext;
