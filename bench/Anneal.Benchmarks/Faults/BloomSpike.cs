using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Benchmarks.Proxies;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults;

/// <summary>
/// The loss spike of BLOOM-176B, 12 April 2022. Published (BigScience, chronicles of the tr11-176B-ml training) are the rows of iterations
/// 31214 to 31222 and 31250 to 31251: <c>Data/bloom-176b-spike.jsonl</c>. What lies around them is synthetic: before, normal noise of the published
/// level (loss 2.205 +- 0.02, gradient norm 0.2 +- 0.03); between 31222 and 31250 a geometric return; after, the noise of before.
/// </summary>
internal static class BloomSpike
{
    /// <summary>Iteration with the highest loss. The run recovered by itself within about 30.</summary>
    public const int Peak = 31_219;

    /// <summary>First published iteration, a healthy one.</summary>
    public const int Published = 31_214;

    private const int Before = 1_500, After = 500;
    private const double Loss = 2.205, LossNoise = 0.02, Norm = 0.2, NormNoise = 0.03, Rate = 5.279e-5, StepSeconds = 106.2;

    /// <summary>The run around the spike; the same for the same seed.</summary>
    public static RecordedStream Stream(int seed = 1)
    {
        var random = new Random(seed);
        var published = MetricsReader.ReadAll(DataFile.Locate("bloom-176b-spike.jsonl")).ToDictionary(step => step.Step);
        var steps = new List<StepMetrics>();
        for (var step = Published - Before; step <= published.Keys.Max() + After; step++)
            steps.Add(Timed(published.GetValueOrDefault(step) ?? (step is > 31_222 and < 31_250 ? Returning(step) : Quiet(step)), steps.Count));
        return new([.. steps.Select(step => new StreamLine(step, IsMeasurement: false))]);

        StepMetrics Quiet(int step) => new() { Step = step, Loss = Loss + LossNoise * Normal(), GradNorm = Math.Max(0.05, Norm + NormNoise * Normal()), LearningRate = Rate };

        StepMetrics Returning(int step)
        {
            var (from, to, share) = (published[31_222], published[31_250], (step - 31_222) / 28.0);
            var noise = 1 + 0.15 * Normal();
            return new() { Step = step, Loss = to.Loss + (from.Loss - to.Loss) * Math.Exp(-5 * share) + LossNoise * Normal(), GradNorm = from.GradNorm!.Value * Math.Pow(to.GradNorm!.Value / from.GradNorm.Value, share) * noise, LearningRate = Rate };
        }

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>First alarm from the first published row on, as an iteration; null for none. Earlier ones are false and told apart.</summary>
    public static int? FirstAlarm(Contender contender, RecordedStream stream)
    {
        var entry = new StreamEntry { Stream = "bloom-176b-spike", Kind = StreamKind.Decoy, Name = "self_recovering_spike" };
        var first = contender.Watch(entry, stream).Where(alarm => stream.Steps[alarm.At].Step >= Published).Select(alarm => (int?)stream.Steps[alarm.At].Step).FirstOrDefault();
        return first;
    }

    /// <summary>Ours on it, with several histories.</summary>
    public static IEnumerable<BenchmarkRow> Rows()
    {
        var streams = Enumerable.Range(1, 5).Select(Stream).ToList();
        var latest = streams.Select(stream => FirstAlarm(ShippedMonitor.Contender, stream) ?? int.MaxValue).Max();
        const string how = "iterations 31214 to 31222 as published, five synthetic histories before them";
        yield return BenchmarkRow.AtLeast("BLOOM-176B: raised before the peak", Peak - (double)latest, "iterations", 1, $"the latest of five; the loss peaks at {Peak}; {how}");
        yield return BenchmarkRow.AtMost("BLOOM-176B: stopped", streams.Count(stream => ShippedMonitor.Watch(stream.Lines).Any(alarm => alarm.Stop)), "of 5", 0, $"it recovered by itself; {how}");
    }

    private static StepMetrics Timed(StepMetrics step, int index) => step with { Time = index * StepSeconds };
}
