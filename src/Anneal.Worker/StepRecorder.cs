using System.Diagnostics;
using Anneal.Engine.Training;
using Anneal.Runs.Protocol;

namespace Anneal.Worker;

/// <summary>Times steps and writes what they report to <c>metrics.jsonl</c>.</summary>
internal sealed class StepRecorder : IDisposable
{
    private readonly RunDirectory run;
    private readonly Trainer trainer;
    private readonly int blockStatisticsEvery;
    private readonly double since;
    private readonly long start = Stopwatch.GetTimestamp();
    private MetricsWriter writer;

    /// <param name="run">Where to write.</param>
    /// <param name="trainer">Whose steps.</param>
    /// <param name="blockStatisticsEvery">Steps between block statistics; 0 never.</param>
    /// <param name="since">Seconds that the run had taken before this process.</param>
    public StepRecorder(RunDirectory run, Trainer trainer, int blockStatisticsEvery, double since)
    {
        (this.run, this.trainer, this.blockStatisticsEvery, this.since) = (run, trainer, blockStatisticsEvery, since);
        writer = new(run.MetricsPath);
    }

    /// <summary>Does a step and writes it down.</summary>
    public StepMetrics Record(Func<StepReport> step)
    {
        var before = Stopwatch.GetTimestamp();
        var report = step();
        var seconds = Stopwatch.GetElapsedTime(before).TotalSeconds;
        var detailed = blockStatisticsEvery > 0 && report.Step % blockStatisticsEvery == 0;
        var metrics = StepMetrics.Of(report) with
        {
            Time = since + Stopwatch.GetElapsedTime(start).TotalSeconds,
            StepSeconds = seconds,
            TokensPerSecond = trainer.Options.BatchTokens / seconds,
            RssMb = detailed || report.Step == 1 ? Environment.WorkingSet / (1024.0 * 1024) : null,
        };
        if (detailed) metrics = metrics with { Extra = BlockSignals.Of(trainer.BlockStats()) };
        writer.Write(metrics);
        return metrics;
    }

    /// <summary>Hands all lines to the operating system.</summary>
    public void Flush() => writer.Flush();

    /// <summary>Forgets the lines after a step: the run goes back to it.</summary>
    public void TruncateAfter(int step)
    {
        writer.Dispose();
        JsonLines.TruncateAfter(run.MetricsPath, step);
        writer = new(run.MetricsPath);
    }

    public void Dispose() => writer.Dispose();
}
