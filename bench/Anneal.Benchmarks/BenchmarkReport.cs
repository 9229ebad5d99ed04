namespace Anneal.Benchmarks;

/// <summary>One measured line.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure; null when it could not be measured, and <paramref name="How"/> says why.</param>
/// <param name="Unit">Unit of the figure.</param>
/// <param name="Goal">What it should reach, with the sense: <c>&gt;= 0.75</c>; null where there is no goal.</param>
/// <param name="Met">Whether it does; null without goal or value.</param>
/// <param name="How">How it was measured, or why not.</param>
public sealed record BenchmarkRow(string Name, double? Value, string Unit, string? Goal, bool? Met, string How)
{
    /// <summary>A row without a goal.</summary>
    public static BenchmarkRow Of(string name, double value, string unit, string how) => new(name, value, unit, null, null, how);

    /// <summary>A row that should reach at least <paramref name="goal"/>.</summary>
    public static BenchmarkRow AtLeast(string name, double value, string unit, double goal, string how) => new(name, value, unit, $">= {goal}", value >= goal, how);

    /// <summary>A row that should stay at or below <paramref name="goal"/>.</summary>
    public static BenchmarkRow AtMost(string name, double value, string unit, double goal, string how) => new(name, value, unit, $"<= {goal}", value <= goal, how);

    /// <summary>A row that could not be measured here.</summary>
    public static BenchmarkRow Skipped(string name, string unit, string why) => new(name, null, unit, null, null, $"skipped: {why}");
}

/// <summary>All lines of one suite, run on one machine.</summary>
/// <param name="Suite">Name of the suite.</param>
/// <param name="Machine">Processor, cores and instruction set.</param>
/// <param name="Rows">The lines, in the order in which they were measured.</param>
public sealed record BenchmarkReport(string Suite, string Machine, IReadOnlyList<BenchmarkRow> Rows);
