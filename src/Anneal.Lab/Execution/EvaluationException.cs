namespace Anneal.Lab.Execution;

/// <summary>A checkpoint has no measurement.</summary>
/// <param name="message">Why, in a sentence.</param>
/// <param name="inner">What was thrown below, if anything.</param>
public sealed class EvaluationException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Rule of the measurement that the model broke, snake case; null for any other reason.</summary>
    public string? Rule { get; init; }
}
