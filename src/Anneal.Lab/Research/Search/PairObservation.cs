namespace Anneal.Lab.Research.Search;

/// <summary>What a screening rung or a set of confirmation pairs measured.</summary>
/// <param name="Control">Point of the control.</param>
/// <param name="Treatment">Point of the treatment.</param>
/// <param name="Fraction">Of the full budget.</param>
/// <param name="Difference">Control minus treatment; positive is better.</param>
/// <param name="Sd">Standard deviation of its noise.</param>
internal sealed record PairObservation(double[] Control, double[] Treatment, double Fraction, double Difference, double Sd);

/// <summary>Whether a recipe at this point could be trained.</summary>
/// <param name="Point">The point.</param>
/// <param name="Failed">True when its run failed.</param>
internal sealed record Attempt(double[] Point, bool Failed);
