using System.Diagnostics;
using Anneal.Benchmarks.Faults.Injection;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Benchmarks.Faults;

/// <summary>Time in the monitor over time in the trainer, step by step in one run of the smallest model, which is the hardest on the monitor.</summary>
internal static class MonitorOverhead
{
    // Both are compiled and their buffers grown by then.
    private const int Warmup = 100;

    public static BenchmarkRow Measure()
    {
        using var corpus = FaultCorpus.Open();
        var scale = Scale.All[0];
        using var run = new InjectedRun(corpus, scale, seed: 1);
        var monitor = new Monitor(new MonitorOptions { Policy = MonitorPolicy.Act });
        long training = 0, watching = 0;
        for (var step = 1; !run.Done; step++)
        {
            var start = Stopwatch.GetTimestamp();
            var metrics = run.Step();
            var trained = Stopwatch.GetTimestamp();
            monitor.Observe(metrics);
            var watched = Stopwatch.GetTimestamp();
            if (step <= Warmup) continue;
            training += trained - start;
            watching += watched - trained;
        }
        var steps = scale.Steps - Warmup;
        var each = Stopwatch.GetElapsedTime(0, watching).TotalMicroseconds / steps;
        return BenchmarkRow.AtMost("overhead of Monitor.Observe", 100.0 * watching / training, "% of a step", 1, $"{each:F2} us against {Stopwatch.GetElapsedTime(0, training).TotalMilliseconds / steps:F2} ms a step, {scale.Options.Model.Layers} layers of width {scale.Options.Model.Width}, one run");
    }
}
