namespace Anneal.Lab.Execution;

/// <summary>A checkpoint has no measurement.</summary>
/// <param name="message">Why, in a sentence.</param>
/// <param name="inner">What was thrown below, if anything.</param>
internal sealed class EvaluationFailure(string message, Exception? inner = null) : Exception(message, inner);
