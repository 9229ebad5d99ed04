using System.Text.Json;
using System.Text.Json.Serialization;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Interventions;

namespace Anneal.Runs.Protocol;

/// <summary>JSON of the protocol's records: snake case, enums as words, non-finite numbers as strings; generated, so that a worker starts fast.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(RecipeJson), typeof(Words<MonitorPolicy>), typeof(Words<RunState>), typeof(Words<Severity>), typeof(Words<IncidentAction>),
        typeof(Words<Cause>), typeof(Words<AcknowledgementStatus>), typeof(Words<ControlVerb>), typeof(Words<InterventionState>),
    ])]
[JsonSerializable(typeof(RunOrder))]
[JsonSerializable(typeof(RunStatus))]
[JsonSerializable(typeof(ControlCommand))]
[JsonSerializable(typeof(Acknowledgement))]
[JsonSerializable(typeof(Incident))]
[JsonSerializable(typeof(Intervention))]
[JsonSerializable(typeof(SampleRecord))]
[JsonSerializable(typeof(EvaluationRequest))]
[JsonSerializable(typeof(EvaluationResponse))]
[JsonSerializable(typeof(SampleRequest))]
[JsonSerializable(typeof(SampleResponse))]
[JsonSerializable(typeof(CheckRequest))]
[JsonSerializable(typeof(CheckResponse))]
internal sealed partial class ProtocolJson : JsonSerializerContext;

/// <summary>An enum as its snake-case word.</summary>
internal sealed class Words<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;
