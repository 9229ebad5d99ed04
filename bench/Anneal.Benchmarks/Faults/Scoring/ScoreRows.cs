namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>A score against what it should reach.</summary>
internal static class ScoreRows
{
    public static IEnumerable<BenchmarkRow> Of(Score score)
    {
        var (all, harmed) = (score.Faults, score.Harmed);
        var healthy = $"{score.HealthySteps} healthy steps: clean runs, decoys, and before each injection";
        yield return BenchmarkRow.Of("recall, act", 100 * Score.Recall(all, act: true), "%", $"{all.Count} faulted runs, at or after the injection");
        yield return BenchmarkRow.Of("recall, act or warn", 100 * Score.Recall(all, act: false), "%", "the same");
        yield return BenchmarkRow.Of("excess where harmed, act", Score.Excess(harmed, act: true), "", $"sooner than on the clean twin minus later, {harmed.Count} runs whose final loss the fault made worse");
        yield return BenchmarkRow.AtLeast("excess where harmed, act or warn", Score.Excess(harmed, act: false), "", 0.95, "the same");
        yield return BenchmarkRow.Of("excess of the sparse third, act or warn", Score.Excess(harmed.Where(fault => fault.Entry.Sparse), act: false), "", "harmed; step, loss, gradient norm, learning rate and time alone");
        yield return BenchmarkRow.AtMost("act false alarms per 1,000 healthy steps", score.ActsPerThousand, "", 0.05, healthy);
        yield return BenchmarkRow.AtMost("warn false alarms per 1,000 healthy steps", score.WarnsPerThousand, "", 0.5, healthy);
        var runs = score with { Healthy = [.. score.Healthy.Where(run => run.Entry.Kind != StreamKind.Fault)] };
        yield return BenchmarkRow.Of("the same, act, clean runs and decoys alone", runs.ActsPerThousand, "", $"{runs.HealthySteps} steps: the part before an injection is its clean twin's, heard once more with each fault");
        yield return BenchmarkRow.Of("the same, warn, clean runs and decoys alone", runs.WarnsPerThousand, "", $"{runs.HealthySteps} steps");
        yield return Latency("abrupt latency p50", Pace.Abrupt, 0.5, 1);
        yield return Latency("abrupt latency p95", Pace.Abrupt, 0.95, 5);
        yield return Latency("slow latency p50", Pace.Slow, 0.5, 50);
        yield return BenchmarkRow.AtLeast("cause right, first alarm", 100 * score.FirstCauseRight, "%", 80, "of the faulted runs in which it speaks");
        yield return BenchmarkRow.Of("cause right, last of the episode", 100 * score.LastCauseRight, "%", "the same");
        yield return BenchmarkRow.AtLeast("doomed compute saved", 100 * score.ComputeSaved, "%", 50, "steps after the first stop (or act, without one) over steps after the injection, harmed runs");
        yield return BenchmarkRow.AtMost("clean or decoy runs killed", score.Killed, "", 0, "only a stop kills");

        BenchmarkRow Latency(string name, Pace pace, double quantile, double goal) => BenchmarkRow.AtMost(
            name, Score.Latency(harmed.Where(fault => fault.Entry.Pace == pace), quantile), "steps", goal, "harmed runs, from the first faulted step to the first alarm of either severity; a miss is infinite");
    }

    /// <summary>A row a rule.</summary>
    public static IEnumerable<BenchmarkRow> OfPeers(IEnumerable<Score> scores) => scores
        .Select(score => BenchmarkRow.Of($"peer, {score.Contender}: excess where harmed", Score.Excess(score.Harmed, act: false), "", $"act or warn; recall {Score.Recall(score.Faults, act: false):P0}, {score.ActsPerThousand:F2} acts and {score.WarnsPerThousand:F2} warnings per 1,000 healthy steps, {score.Killed} clean or decoy runs killed"));

    /// <summary>The row, or why it has no figure: JSON has neither infinity nor NaN.</summary>
    public static BenchmarkRow Finite(BenchmarkRow row) => row.Value is not { } value || double.IsFinite(value)
        ? row
        : row with { Value = null, Met = row.Goal is null ? null : false, How = double.IsNaN(value) ? $"no such run in this set: {row.How}" : $"infinite, too many are missed: {row.How}" };
}
