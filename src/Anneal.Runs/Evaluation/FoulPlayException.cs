namespace Anneal.Runs.Evaluation;

/// <summary>What was to be measured broke a rule of the measurement: it has no value.</summary>
/// <param name="rule">Which rule, snake case: <c>looks_ahead</c>.</param>
/// <param name="detail">A sentence with the worst number.</param>
public sealed class FoulPlayException(string rule, string detail) : Exception(detail)
{
    /// <summary>Which rule, snake case.</summary>
    public string Rule { get; } = rule;
}
