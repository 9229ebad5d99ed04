namespace Anneal.Runs.Evaluation;

/// <summary>
/// What the study measures, fixed for all of its recipes. Every token of the chosen documents is scored exactly once;
/// a window ends at the tokens it scores, and a model whose context is shorter sees the end of the window only.
/// </summary>
public sealed record EvaluationSpec
{
    /// <summary>Documents of the split that are scored: the first so many in the split's own (seeded) order.</summary>
    public int Documents { get; init; } = 128;

    /// <summary>Longest window, in tokens.</summary>
    public int Window { get; init; } = 256;

    /// <summary>Tokens scored a window; no recipe's context may be shorter. 1 to <see cref="Window"/>.</summary>
    public int Stride { get; init; } = 128;
}
