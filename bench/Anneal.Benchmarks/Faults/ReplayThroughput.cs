using System.Globalization;
using Anneal.Benchmarks.Durability;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;

namespace Anneal.Benchmarks.Faults;

/// <summary>How fast a long recording is read and watched: every signal that our trainer logs at each step, a healthy run of no end.</summary>
internal static class ReplayThroughput
{
    private const int Lines = 400_000;

    public static BenchmarkRow Measure()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("metrics.jsonl");
        Write(path);
        // The first replay compiles.
        Replay.RunAsync(path, new MonitorOptions(), _ => { }).GetAwaiter().GetResult();
        var start = Environment.CpuUsage.TotalTime;
        var report = Replay.RunAsync(path, new MonitorOptions { Policy = MonitorPolicy.Act }, _ => { }).GetAwaiter().GetResult();
        var processor = Environment.CpuUsage.TotalTime - start;
        var bytes = new FileInfo(path).Length / (double)Lines;
        return BenchmarkRow.AtLeast("watch --replay", report.Lines / report.Seconds, "lines/s", 200_000, $"{Lines} lines of {bytes:F0} bytes on {Environment.ProcessorCount} cores, {report.Incidents} incidents; {processor.TotalMicroseconds / Lines:F2} us of processor time a line, so that a busy machine shows");
    }

    private static void Write(string path)
    {
        var random = new Random(11);
        using var writer = new MetricsWriter(path);
        for (var step = 1; step <= Lines; step++)
        {
            var noise = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            writer.Write(new()
            {
                Step = step,
                Time = 0.2 * step,
                Tokens = 4096L * step,
                Loss = 2 + 4 / Math.Sqrt(1 + step / 50.0) + 0.03 * noise,
                LearningRate = 3e-4,
                GradNorm = 0.4 * Math.Exp(0.1 * noise),
                UpdateNorm = 0.02,
                ParamNorm = 40,
                Clipped = false,
                Nonfinite = false,
                BatchHash = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture),
                RepeatFraction = 0,
                TokenEntropy = 5 + 0.02 * random.NextDouble(),
                StepSeconds = 0.2 + 0.002 * random.NextDouble(),
                TokensPerSecond = 20_480,
                RssMb = 900,
            });
        }
    }
}
