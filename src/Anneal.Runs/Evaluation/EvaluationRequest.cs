using System.Text.Json;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Evaluation;

/// <summary>A line to the evaluator process: what to measure.</summary>
/// <param name="Id">Comes back with the answer.</param>
/// <param name="Checkpoint">Folder of the saved state.</param>
/// <param name="HeldDirectory">Folder with the held splits.</param>
/// <param name="Split"><c>val</c> or <c>test</c>.</param>
/// <param name="Spec">The ruler.</param>
/// <param name="Expected">What the checkpoint must be; null takes what it says.</param>
/// <param name="Logits">How to ask a model that holds code of a proposal; null loads the checkpoint.</param>
public sealed record EvaluationRequest(string Id, string Checkpoint, string HeldDirectory, string Split, EvaluationSpec Spec, ExpectedModel? Expected = null, LogitsCommand? Logits = null)
{
    /// <summary>The line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ProtocolJson.Default.EvaluationRequest);
}

/// <summary>A line from the evaluator process: a result or an error.</summary>
/// <param name="Id">Of the request; empty where that could not be read.</param>
/// <param name="Result">What was measured, or null.</param>
/// <param name="Error">Why not, or null.</param>
/// <param name="Rule">Rule of the measurement that the model broke, snake case; null for any other error.</param>
public sealed record EvaluationResponse(string Id, EvaluationResult? Result = null, string? Error = null, string? Rule = null)
{
    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static EvaluationResponse? Parse(string line) => JsonSerializer.Deserialize(line, ProtocolJson.Default.EvaluationResponse);
}
