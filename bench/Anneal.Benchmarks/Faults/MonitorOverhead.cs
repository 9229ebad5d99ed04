using Anneal.Benchmarks.Faults.Injection;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Benchmarks.Faults;

/// <summary>
/// Processor time of the monitor over processor time of the training steps that it watches, in one process and on the smallest model, which
/// is the hardest on the monitor. Processor time, because a busy machine interrupts both at random.
/// </summary>
internal static class MonitorOverhead
{
    // The clock of processor time ticks in hundredths of a second; a single watch of the run takes less.
    private const int Watches = 50, Warmup = 100;

    public static BenchmarkRow Measure()
    {
        using var corpus = FaultCorpus.Open();
        var scale = Scale.All[0];
        using var run = new InjectedRun(corpus, scale, seed: 1);
        for (var step = 0; step < Warmup; step++) run.Step();
        var start = Environment.CpuUsage.TotalTime;
        while (!run.Done) run.Step();
        var training = (Environment.CpuUsage.TotalTime - start) / (scale.Steps - Warmup);

        Watch(run.Recording.Lines);
        start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Watches; i++) Watch(run.Recording.Lines);
        var watching = (Environment.CpuUsage.TotalTime - start) / (Watches * scale.Steps);
        return BenchmarkRow.AtMost("overhead of Monitor.Observe", 100 * (watching / training), "% of a step", 1, $"{watching.TotalMicroseconds:F2} against {training.TotalMicroseconds:F0} us of processor time a step, {scale.Options.Model.Layers} layers of width {scale.Options.Model.Width}, every signal logged");
    }

    private static void Watch(IReadOnlyList<StepMetrics> steps)
    {
        var monitor = new Monitor(new MonitorOptions { Policy = MonitorPolicy.Act });
        foreach (var step in steps) monitor.Observe(step);
    }
}
