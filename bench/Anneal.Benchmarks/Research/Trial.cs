namespace Anneal.Benchmarks.Research;

/// <summary>What a searcher may know of one experiment.</summary>
/// <param name="Champion">Point of the control.</param>
/// <param name="Point">Point of the treatment.</param>
/// <param name="LowControl">Champion's log bits per byte at the short rung.</param>
/// <param name="LowTreatment">Treatment's; null where it failed.</param>
/// <param name="Differences">Control minus treatment of the confirmation pairs.</param>
internal sealed record Trial(double[] Champion, double[] Point, double LowControl, double? LowTreatment, IReadOnlyList<double> Differences);

/// <summary>A way of choosing the next point from everything seen, null to give up; all of them share screening and confirmation.</summary>
internal delegate double[]? Searcher(IReadOnlyList<Trial> seen, double[] champion, Random random);

/// <summary>How a search ended.</summary>
/// <param name="Spent">Compute in full runs, everything included.</param>
/// <param name="Reached">Whether the champion is as good as the target.</param>
/// <param name="Champion">The last champion.</param>
internal sealed record SearchOutcome(double Spent, bool Reached, double[] Champion);
