namespace Anneal.Runs.Evaluation;

/// <summary>A line to the evaluator process: what to measure.</summary>
/// <param name="Id">Comes back with the answer.</param>
/// <param name="Checkpoint">Folder of the saved state.</param>
/// <param name="HeldDirectory">Folder with the held splits.</param>
/// <param name="Split"><c>val</c> or <c>test</c>.</param>
/// <param name="Spec">The ruler.</param>
public sealed record EvaluationRequest(string Id, string Checkpoint, string HeldDirectory, string Split, EvaluationSpec Spec);

/// <summary>A line from the evaluator process: a result or an error.</summary>
/// <param name="Id">Of the request; empty where that could not be read.</param>
/// <param name="Result">What was measured, or null.</param>
/// <param name="Error">Why not, or null.</param>
public sealed record EvaluationResponse(string Id, EvaluationResult? Result = null, string? Error = null);
